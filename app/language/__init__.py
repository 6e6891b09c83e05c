"""The reader's language: English in the source, others in catalogues of gettext's form beside this file."""

"""What is on a page as files: in goes a ``SavedView``, or a page's own files, out a row of buttons."""

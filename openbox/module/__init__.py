"""The user's module as a function in one precision: in goes any ``nn.Module``, out come its plain outputs."""

"""From a module to a program: in goes an ``nn.Module``, out comes a ``Program``, or a refusal by name."""

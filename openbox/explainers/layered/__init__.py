"""In goes a captured network; out comes the same function, each layer a module that packages can hook."""

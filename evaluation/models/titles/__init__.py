"""The same study of networks that read titles: their training, and what is measured of them."""

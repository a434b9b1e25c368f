"""Which files hold declarations, and the declarations in them."""

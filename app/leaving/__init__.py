"""Free to leave: a tenant carried out whole, carried in whole, and erased with proof."""

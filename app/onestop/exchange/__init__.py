"""Work between two systems (liên thông giữa hai hệ thống): by messages, never by the other's
database."""

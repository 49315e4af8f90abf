"""Electronic declaration forms (biểu mẫu điện tử): shapes, what makes an answer right, data."""

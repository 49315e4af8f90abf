"""Codes of dossiers (mã hồ sơ): taken from a counter, printed as QR and bar code, read back."""

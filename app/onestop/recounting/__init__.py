"""Recounting (tính lại hạn): a changed calendar, tried out first, then applied to open dossiers."""

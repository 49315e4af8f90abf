"""A statement on paper: PDF drawn from dated forms, spreadsheet, e-invoice data."""

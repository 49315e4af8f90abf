"""Many dossiers at once (xử lý nhiều hồ sơ): ordered together, done and answered one by one."""

"""Reorganising agencies (sắp xếp tổ chức): merging, splitting, renaming, dissolving, moving posts.

Open dossiers go on with the successor, without being filed again and under the same code; what is
finished stays where it was finished. Resolution 190/2025/QH15.
"""

"""Notices (tin báo): text messages written with the act that causes them, sent by the worker."""

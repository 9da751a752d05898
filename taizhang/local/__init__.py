"""Local services of a county without a server: embedded PostgreSQL and Airflow under one home folder."""

from taizhang.local.county import ServiceStatus, Status, down, ensure_database, status, up

__all__ = ["ServiceStatus", "Status", "down", "ensure_database", "status", "up"]

"""What Airflow says of itself through its stable REST API: health, import errors, DAGs, runs."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from catalogue.errors import Unavailable
from taizhang.settings import Settings

USER = "admin"
_DIRECT = build_opener(ProxyHandler({}))
_SECONDS = 20


class AirflowApi:
    """The Airflow of this home, or the one of the setting airflow_url. Raises Unavailable when it does not answer."""

    def __init__(self, settings: Settings) -> None:
        self._token = ""
        if settings.airflow_url:
            self.url, self._password = settings.airflow_url.rstrip("/"), settings.airflow_password or ""
        else:
            known = _remembered(settings)
            self.url, self._password = f"http://127.0.0.1:{known.get('port', 0)}", known.get("password", "")

    def health(self) -> dict[str, str]:
        """Component -> healthy, unhealthy or unknown."""
        answer = self._call("GET", "/api/v2/monitor/health")
        return {name: str((part or {}).get("status") or "unknown") for name, part in answer.items()}

    def import_errors(self) -> list[dict[str, Any]]:
        """DAG files that cannot be read: filename, stack_trace, timestamp."""
        return list(self._get("/importErrors?limit=100")["import_errors"])

    def dags(self) -> list[dict[str, Any]]:
        """Every DAG there is."""
        return list(self._get("/dags?limit=200&exclude_stale=true")["dags"])

    def newest_run(self, dag_id: str) -> dict[str, Any] | None:
        """The newest run of the DAG that has ended, None when none has."""
        path = f"/dags/{dag_id}/dagRuns?limit=1&order_by=-run_after&state=success&state=failed"
        runs = self._get(path)["dag_runs"]
        return runs[0] if runs else None

    def active_runs(self) -> list[dict[str, Any]]:
        """Runs that are queued or running."""
        return list(self._get("/dags/~/dagRuns?limit=200&state=running&state=queued")["dag_runs"])

    def _get(self, path: str) -> dict[str, Any]:
        if not self._token:
            login = {"username": USER, "password": self._password}
            self._token = str(self._call("POST", "/auth/token", login)["access_token"])
        return self._call("GET", f"/api/v2{path}")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {self._token}"} if self._token else {}
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data=data, headers=headers, method=method)  # noqa: S310  (our own server)
        try:
            with _DIRECT.open(request, timeout=_SECONDS) as answer:
                return dict(json.loads(answer.read()))
        except HTTPError as error:
            raise Unavailable(f"Airflow {self.url} 不接受请求（{error.code} {path.partition('?')[0]}）。") from None
        except (URLError, OSError, ValueError) as error:
            raise Unavailable(f"Airflow {self.url} 没有应答（{error}）。") from None


def _remembered(settings: Settings) -> dict[str, Any]:
    try:
        return dict(json.loads((settings.home / "airflow.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}

"""Frames into tables by COPY: columns are turned into text column by column, never cell by cell in Python calls."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sqlalchemy import Connection, text

NULL = "\\N"
MANY_ROWS = 200
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})
_SPECIAL = ("\\", "\t", "\n", "\r", "\0")


def copy_frame(connection: Connection, table: str, frame: pd.DataFrame) -> None:
    """Append the frame's rows to the table; its columns are named like the table's.

    NaN, NaT, NA and None become NULL; whole floats are written as integers; lists of str become text arrays.
    """
    if frame.empty:
        return
    columns = [_encode(frame[name]) for name in frame.columns]
    lines = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f"copy {table} ({', '.join(frame.columns)}) from stdin") as copy:
        copy.write(lines.encode())


def analyze_grown(connection: Connection, grown: Mapping[str, int]) -> None:
    """Tables that more than doubled get statistics at once: the queries that follow must not take them for empty."""
    known = text("select reltuples from pg_class where oid = cast(:table as regclass)")
    for table, rows in grown.items():
        if rows >= MANY_ROWS and rows > (connection.scalar(known, {"table": table}) or 0):
            connection.execute(text(f"analyze {table}"))


def stage(connection: Connection, name: str, frame: pd.DataFrame, types: Mapping[str, str]) -> None:
    """The frame's columns stand in the temporary table `name` until the transaction ends (column -> SQL type).

    A temporary table of that name from earlier in the transaction is replaced.
    """
    columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
    connection.execute(text(f"drop table if exists pg_temp.{name}"))
    connection.execute(text(f"create temporary table {name} ({columns}) on commit drop"))
    if not frame.empty:
        copy_frame(connection, f"pg_temp.{name}", frame[list(types)])
        connection.execute(text(f"analyze pg_temp.{name}"))


def _encode(column: pd.Series) -> list[str]:
    missing = column.isna().to_numpy()
    values = _encode_values(column, missing)
    if missing.any():
        for position in np.flatnonzero(missing):
            values[position] = NULL
    return values


def _encode_values(column: pd.Series, missing: np.ndarray) -> list[str]:
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else None
    if pd.api.types.is_bool_dtype(column.dtype):
        return ["t" if value else "f" for value in column.fillna(False).to_numpy(dtype=bool).tolist()]
    if kind in ("i", "u") or pd.api.types.is_integer_dtype(column.dtype):
        return [str(value) for value in column.fillna(0).to_numpy(dtype="int64").tolist()]
    if kind == "f" or pd.api.types.is_float_dtype(column.dtype):
        return _encode_floats(column.fillna(0.0).to_numpy(dtype="float64"))
    if kind == "M":
        return _encode_times(column.fillna(pd.Timestamp(0)).to_numpy())
    return _encode_objects(column.tolist(), missing)


def _encode_floats(values: np.ndarray) -> list[str]:
    whole = (np.abs(values) < 1e15) & (values == np.floor(values))
    if whole.all():
        return [str(value) for value in values.astype("int64").tolist()]
    return [str(int(v)) if w else repr(v) for v, w in zip(values.tolist(), whole.tolist(), strict=True)]


def _encode_times(values: np.ndarray) -> list[str]:
    days = values.astype("datetime64[D]")
    if (days == values).all():
        return [str(value) for value in np.datetime_as_string(days, unit="D").tolist()]
    return [str(value) for value in np.datetime_as_string(values.astype("datetime64[us]")).tolist()]


def _encode_objects(values: list[object], missing: np.ndarray) -> list[str]:
    strings = [NULL if skip else _text(value) for value, skip in zip(values, missing.tolist(), strict=True)]
    joined = "\x01".join(string for string, skip in zip(strings, missing.tolist(), strict=True) if not skip)
    if not any(mark in joined for mark in _SPECIAL):
        return strings
    return [string.translate(_ESCAPES) for string in strings]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        quoted = ('"' + str(part).replace("\\", "\\\\").replace('"', '\\"') + '"' for part in value)
        return "{" + ",".join(quoted) + "}"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)

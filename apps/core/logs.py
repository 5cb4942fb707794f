"""Log lines as JSON, each with the number of its request; line breaks in values cannot forge a line."""

import contextvars
import json
import logging

request_number: contextvars.ContextVar[str] = contextvars.ContextVar("request_number", default="-")


class RequestNumberFilter(logging.Filter):
    """Adds ``request_number`` to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_number = request_number.get()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "request": getattr(record, "request_number", "-"),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

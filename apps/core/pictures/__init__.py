"""Photographs: made anew in a child process with limits, so that nothing of what was sent is kept or trusted."""

from apps.core.pictures.guarded import (
    Box,
    Photograph,
    PictureRefused,
    make_glance,
    make_photograph,
    make_whole,
)

__all__ = ["Box", "Photograph", "PictureRefused", "make_glance", "make_photograph", "make_whole"]

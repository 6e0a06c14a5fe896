"""Builders of instances from public tables: the bundled regions, all of Peru, all of Brazil.

Each builder reads tables that are *not* part of the project (census figures, road lines, provider
accounts; each README of the data folder names publisher and licence), takes facts and figures from
them, and makes the project's own tables. ``python -m optimizer.instance.sources`` writes the
bundled ones::

    python -m optimizer.instance.sources san_martin --data ../shared/data --out instances/san_martin
"""

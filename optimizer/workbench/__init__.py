"""The workbench: a page on this machine where a town is moved and every bill follows.

The page's own process holds a desk for each browser tab (:mod:`optimizer.workbench.room`); every
number on it is that of :func:`optimizer.evaluate` for the grouping and promises that are shown.
Starlette serves it, since the page is one screen of its own drawing, whose states are values on
the server: addresses that answer JSON are enough, and can be tested without a browser. Searches run
in processes of their own. Nothing is loaded from elsewhere and nothing leaves the machine.

* :mod:`optimizer.workbench.draft`: a grouping and promises, and what can be done to them;
* :mod:`optimizer.workbench.desk`: its history; :mod:`optimizer.workbench.commands`: by name;
* :mod:`optimizer.workbench.view`: the plan in the reader's words; ``assets``: the page;
* :mod:`optimizer.workbench.jobs`: searches; :mod:`optimizer.workbench.sessions`: autosave;
* :mod:`optimizer.workbench.security`: who may ask; :mod:`optimizer.workbench.server`: addresses.
"""

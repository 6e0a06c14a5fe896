"""What the engine says to people: English in the code, other languages from catalogues.

English is the source text. A message, a label or a heading is named by its own English sentence,
as gettext does it (the sentence is the ``msgid``), so that code reads naturally, a log needs no
catalogue, and a sentence that a catalogue lacks is still a sentence. The catalogues
``catalogues/<language>.po`` hold Spanish and Portuguese; they are read by babel when a reader
wants one, and babel says how numbers are written where that reader lives.

* :mod:`optimizer.messages.message`: a sentence that keeps its values.
* :mod:`optimizer.messages.words`: one language, which writes labels, messages and numbers.
* :mod:`optimizer.messages.catalogue`: the languages and their catalogues.
* :mod:`optimizer.messages.stored`: messages in files.

A new sentence is a ``Message("...", places=...)`` where it is made, and an entry in each catalogue;
``tests/report/test_messages.py`` names the ids that a catalogue lacks.
What many rules have in common has
one id already (``area {area} has {n:,.0f} {what}, {limit:,.0f} at most are wanted``), so that a new
promise on a sum needs no entry.
"""

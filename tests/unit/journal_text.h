/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMCTL_TESTS_UNIT_JOURNAL_TEXT_H
#define MEMCTL_TESTS_UNIT_JOURNAL_TEXT_H

/* A journal's text: a heading with these steps, as memctld writes it, and one that is whole. */
#define HEADING(steps)                                                                                      \
        "{\"version\":2,\"verb\":\"block-offline\",\"target\":\"32-34\",\"dimm\":null,\"eject\":false,"     \
        "\"zone\":"                                                                                         \
        "\"movable\",\"options\":{\"force\":false,\"partial\":false,\"swap\":false,\"resume\":false,"       \
        "\"cache\":"                                                                                        \
        "\"auto\",\"stuck\":\"roll-back\",\"max_pause_usec\":0,\"rate\":0,\"to_node\":-1},\"deadline_"      \
        "usec\":0,"                                                                                         \
        "\"blocks\":[32,33,34],\"steps\":" steps "}"
#define GOOD HEADING("[[34,\"Movable\",7],[32,\"Movable\",8]]") "\n"

#endif

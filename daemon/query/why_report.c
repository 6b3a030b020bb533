/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/why_report.h"

#include <stdlib.h>

void why_report_clear(struct why_report *report)
{
        for (size_t i = 0; i < report->n_keepers; i++)
                free(report->keepers[i].allocated_by);
        block_set_clear(&report->blocks);
        block_set_clear(&report->offline);
        survey_clear(&report->survey);
        free(report->owners);
        free(report->keepers);
        free(report->processes);
        *report = (struct why_report){ 0 };
}

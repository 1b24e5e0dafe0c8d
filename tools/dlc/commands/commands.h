#pragma once

#include "tools/dlc/session.h"

namespace dlc {

// One function for each wish; each says what it has to say and returns the exit status.

ExitStatus format_command(Session& session);       // --format [--write]
ExitStatus check_command(Session& session);        // --check
ExitStatus summary_command(Session& session);      // --summary, and no option at all
ExitStatus emit_command(Session& session);         // --emit=STAGE, with --from=graph too
ExitStatus emit_loops_command(Session& session);   // --from=loops --emit=STAGE
ExitStatus train_command(Session& session);        // --train
ExitStatus evaluate_command(Session& session);     // --evaluate [PART]
ExitStatus predict_command(Session& session);      // --predict FILE… or --index N
ExitStatus dry_run_command(Session& session);      // --dry-run
ExitStatus time_command(Session& session);         // --time
ExitStatus time_passes_command(Session& session);  // --time-passes
ExitStatus data_command(Session& session);         // --data
ExitStatus help_std_command(Session& session);     // --help-std NAME
ExitStatus plot_command(const Options& options);   // --plot RUN…

}  // namespace dlc

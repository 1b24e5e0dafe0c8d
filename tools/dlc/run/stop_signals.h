#pragma once

namespace dlc {

/// From now on SIGINT, SIGTERM and SIGHUP ask this process to stop; a second one stops it at once. A SIGHUP
/// that was ignored from the start, as under nohup, stays so.
void stop_when_asked();

/// The signal that asked; 0 as long as none has.
int asked_to_stop();

}  // namespace dlc

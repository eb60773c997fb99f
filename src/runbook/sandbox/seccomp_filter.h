// The system calls that a script may not make, as a BPF program for prctl(PR_SET_SECCOMP).
#pragma once

#include <string>

#include "base/result.h"

namespace setpoint::runbook {

// Refused with EPERM: new namespaces, mounts, tracing, keys, bpf, io_uring, kernel modules, sockets of families other
// than unix and internet. clone3 says ENOSYS, so that libc falls back to clone, whose flags can be looked at.
base::Result<std::string> seccomp_program();

}  // namespace setpoint::runbook

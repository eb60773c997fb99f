// Limits of oversight, units in the name.
#pragma once

#include <cstddef>

#include "base/clock.h"

namespace setpoint::oversight {

inline constexpr std::size_t kIdentityBytesMax = 256;
inline constexpr base::Milliseconds kApprovalValidMax{7 * 24 * 3'600'000LL};
inline constexpr base::Milliseconds kApprovalValidDefault{8 * 3'600'000LL};
inline constexpr base::Milliseconds kDecisionValidDefault{15 * 60'000LL};
inline constexpr base::Milliseconds kClockSkewMax{5 * 60'000LL};  // how far in the future an approval's time may lie
inline constexpr std::size_t kApprovalsMax = 100;                 // looked at for one decision
inline constexpr std::size_t kFleetsMax = 10'000;                 // counters that one budget keeps
inline constexpr int kCounterBuckets = 60;                        // of one sliding counter

}  // namespace setpoint::oversight

// Limits of notifying, units in the name.
#pragma once

#include <cstddef>

#include "base/clock.h"

namespace setpoint::notify {

inline constexpr std::size_t kSubjectCharsMax = 200;      // of a message; the rest is cut
inline constexpr std::size_t kTextBytesMax = 256u << 10;  // of a message; the rest is cut, and says so
inline constexpr std::size_t kJsonBytesMax = 1u << 20;    // of a webhook's body; beyond it the details are left out
inline constexpr std::size_t kAddressBytesMax = 254;      // RFC 5321, 4.5.3.1.3
inline constexpr std::size_t kResponseBytesMax = 2048;    // of the other side's answer, that is kept
inline constexpr std::size_t kAttemptsKept = 50;          // of one delivery
inline constexpr std::size_t kListedItemsMax = 20;        // calls, pieces of evidence, reasons in one message
inline constexpr base::Milliseconds kLease{120'000};      // longer than any attempt

}  // namespace setpoint::notify

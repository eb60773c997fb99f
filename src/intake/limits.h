// Limits of what comes in from outside; base/limits.h holds those of one event and of JSON as such.
#pragma once

#include <cstddef>
#include <cstdint>

namespace setpoint::intake {

inline constexpr std::size_t kValueBytesMax = 16u << 20;         // one item, event, finding of a stream
inline constexpr std::uint64_t kInflatedBytesMax = 64ull << 30;  // of one gzip file, read as a stream
inline constexpr std::size_t kChunkBytes = 256u << 10;           // read at a time
inline constexpr std::size_t kNestedMessagesMax = 6;             // a message in a message in an SQS body in ...
inline constexpr std::size_t kRefusalsInARowMax = 1000;          // then the file is not what it claims to be
inline constexpr std::size_t kResourceIdBytesMax = 2048;

}  // namespace setpoint::intake

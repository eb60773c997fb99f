// Limits of the stores, units in the name.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace setpoint::store {

inline constexpr std::size_t kSpaceBytesMax = 64;
inline constexpr std::size_t kKeyBytesMax = 4096;
inline constexpr std::size_t kDocumentBytesMax = 16u << 20;  // canonical JSON
inline constexpr std::size_t kDocumentDepthMax = 256;        // nesting levels
inline constexpr std::size_t kIndicesMax = 32;               // of one document
inline constexpr std::size_t kPageDocumentsMax = 10'000;
inline constexpr std::size_t kPageBytesMax = 64u << 20;     // a page stops early past this; it always makes progress
inline constexpr std::uint64_t kQueueTasksMax = 1'000'000;  // of one queue, dead ones included
inline constexpr std::size_t kTaskBytesMax = 1u << 20;
inline constexpr std::size_t kTaskErrorBytesMax = 4096;  // the rest of a longer reason is cut
inline constexpr std::size_t kClaimTasksMax = 1000;
inline constexpr int kTaskAttemptsDefault = 30;  // then a task is dead
inline constexpr std::size_t kReadersMax = 8;    // connections that read beside the writer
inline constexpr base::Milliseconds kBusyTimeoutDefault{10'000};

}  // namespace setpoint::store

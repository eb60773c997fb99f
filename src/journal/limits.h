// Limits of the journal, units in the name. The size of one entry is base::kJournalEntryBytesMax.
#pragma once

#include <cstddef>

namespace setpoint::journal {

inline constexpr std::size_t kKindBytesMax = 128;
inline constexpr std::size_t kActorBytesMax = 512;
inline constexpr std::size_t kSubjectBytesMax = 2048;
inline constexpr std::size_t kEntryDepthMax = 256;        // nesting levels of one entry, its own object included
inline constexpr std::size_t kBatchEntriesMax = 1000;     // entries that one append() may carry
inline constexpr std::size_t kGroupRequestsMax = 512;     // append() calls that one flush may carry
inline constexpr std::size_t kGroupBytesMax = 32u << 20;  // of entries in one flush; one request may exceed it alone
inline constexpr std::size_t kReadEntriesMax = 10'000;    // rows that one read() or find() hands back
inline constexpr std::size_t kReadBytesMax = 64u << 20;   // a read stops early past this; it always makes progress
inline constexpr std::size_t kCheckpointFileBytesMax = 4096;
inline constexpr std::size_t kKeyFileBytesMax = 4096;

}  // namespace setpoint::journal

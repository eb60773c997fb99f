// Limits of the AWS wire, units in the names.
#pragma once

#include <cstddef>
#include <cstdint>

namespace setpoint::cloud::aws {

inline constexpr std::size_t kModelBytesMax = 64u << 20;       // one model file, inflated
inline constexpr std::size_t kModelFileBytesMax = 256u << 20;  // the compiled file
inline constexpr std::size_t kXmlDepthMax = 64;                // nesting of elements
inline constexpr std::size_t kXmlBytesMax = 64u << 20;
inline constexpr std::size_t kXmlNodesMax = 4'000'000;           // elements of one document
inline constexpr std::size_t kValueDepthMax = 64;                // nesting of parameters and outputs
inline constexpr std::size_t kQueryParametersMax = 20'000;       // of one query-protocol body
inline constexpr std::size_t kQueryIndexMax = 10'000;            // Member.N
inline constexpr std::int64_t kClockSkewSecondsMax = 300;        // SigV4: five minutes either way
inline constexpr std::int64_t kS3ClockSkewSecondsMax = 900;      // S3 allows fifteen
inline constexpr std::int64_t kPresignedSecondsMax = 604'800;    // seven days
inline constexpr std::size_t kAuthorizationBytesMax = 8u << 10;  // the Authorization header
inline constexpr std::size_t kPagesMax = 100'000;                // of one call_all
inline constexpr std::size_t kReadsInFlightMax = 64;             // of one discovery
inline constexpr std::size_t kCredentialFileBytesMax = 1u << 20;
inline constexpr int kCredentialProcessSeconds = 60;
inline constexpr int kRoleChainMax = 8;                 // source_profile of source_profile ...
inline constexpr int kRenewBeforeSeconds = 300;         // of a temporary credential's end
inline constexpr std::size_t kTokenCharactersMax = 64;  // of an idempotency token

}  // namespace setpoint::cloud::aws

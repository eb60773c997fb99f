// Shapes of events: the sequence of their tokens' kinds, `{":",":{` and so on, whatever the names and values. Events of
// one source have a few hundred of them. Whether brackets and commas stand where they may, and which bracket closes
// which, follows from the shape alone; so does, nearly, the walk to the values that are asked for. Both are found out
// once a shape and kept (json_outline.h, event_reader.h).
//
//   Shape* shape = memory.find(kinds, count);                   // null: not known
//   if (!shape) ... check it ...; shape = memory.learn(count);  // null: not worth keeping yet
//
// A shape is kept when it is seen for the second time (a reader's first one: for the third), so that a reader made for
// one event, and a source whose events are all different, pay for a hash only. Equality is always checked: nothing
// depends on a hash being unique.
//
// Bounded: kShapesMax shapes of kTokensMax tokens, typically 2 KB each; a newcomer takes the place of the one that its
// hash falls on. One thread. What find() and learn() give is valid until the next call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace setpoint::pattern {

// A key on the way to some value, as the walk over an event met it.
struct WalkStep {
  std::uint32_t key = 0;   // its token
  std::uint32_t next = 0;  // the step behind its value
  std::uint32_t mark = 0;  // the name that stood there the last time: a KeyMemory::Mark
};

struct Shape {
  std::vector<std::uint8_t> kinds;
  std::vector<std::uint32_t> partners;  // beside `kinds`: of an opening bracket the one that closes it
  std::vector<std::uint32_t> scalars;   // tokens that are numbers or words
  std::vector<WalkStep> steps;
  std::uint64_t walked = 0;  // the generation of the memory of keys that `steps` go by; 0: none
};

class ShapeMemory {
 public:
  static constexpr std::size_t kShapesMax = 1024, kTokensMax = 1024;

  Shape* find(const std::uint8_t* kinds, std::size_t count);
  // The one that find() was asked for last; its kinds are filled in.
  Shape* learn(const std::uint8_t* kinds, std::size_t count);
  void forget() { slots_.clear(); }

 private:
  struct Slot {
    std::uint64_t coming = 0;  // the hash that was missed here the last time
    std::unique_ptr<Shape> shape;
  };
  static std::uint64_t hash(const std::uint8_t* kinds, std::size_t count);

  bool fresh_ = true;        // nothing was to be learned yet
  std::uint64_t asked_ = 0;  // the hash that find() was asked for last
  std::vector<Slot> slots_;
};

}  // namespace setpoint::pattern

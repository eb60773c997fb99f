// Structures that are changed by copying: a reader keeps an old version whole while the one writer prepares the next.
// Copies share all pages that did not change; a page made in the edit under way is changed in place.
//
//   Graveyard graves;                       // the writer's
//   KeyTable<Bucket> next = *current;       // shares every page
//   next.put(key, bucket, graves);          // copies one page, buries the old one
//   graves.publish();                       // now readers may see it
//   graves.collect(oldest_version_in_use);  // frees what no reader can reach any more
//
// Everything that readers walk over lies in the writer's BlockPool, so pages and tables must go before their Graveyard.
//
// Threads: reading is safe beside anything; everything that takes a Graveyard is the writer's alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "pattern/block_pool.h"

namespace setpoint::pattern {

// What lives in a BlockPool: made by `new (pool) T`.
struct Pooled {
  static void* operator new(std::size_t bytes, BlockPool& pool) { return pool.take(bytes); }
  static void operator delete(void* block) { BlockPool::give(block); }
  static void operator delete(void* block, BlockPool&) { BlockPool::give(block); }
};

// What was replaced, kept until no reader can reach it.
class Graveyard {
 public:
  ~Graveyard() { collect(UINT64_MAX); }

  BlockPool& pool() { return pool_; }  // for what will be buried here

  std::uint64_t edit() const { return edit_; }  // the version that is being prepared
  void publish() { ++edit_; }

  template <class T>
  void bury(const T* dead) {
    if (dead) dead_.push_back({edit_, dead, [](const void* p) { delete static_cast<const T*>(p); }});
  }
  // Readers hold versions `oldest` and later.
  void collect(std::uint64_t oldest) {
    while (!dead_.empty() && dead_.front().since <= oldest) {
      dead_.front().destroy(dead_.front().what);
      dead_.pop_front();
    }
  }

 private:
  struct Dead {
    std::uint64_t since;  // the first version that cannot reach it
    const void* what;
    void (*destroy)(const void*);
  };
  BlockPool pool_;
  std::uint64_t edit_ = 1;
  std::deque<Dead> dead_;
};

// Index to value, in pages of 256. `T` is small and has an empty value T{}.
template <class T>
class PersistentArray {
 public:
  const T& get(std::size_t index) const { return pages_[index / kPage]->items[index % kPage]; }
  std::size_t capacity() const { return pages_.size() * kPage; }

  void set(std::size_t index, const T& value, Graveyard& graves) {
    while (index >= capacity()) pages_.push_back(new (graves.pool()) Page(graves.edit()));
    Page*& page = pages_[index / kPage];
    if (page->edit != graves.edit()) {
      graves.bury(page);
      page = new (graves.pool()) Page(*page);
      page->edit = graves.edit();
    }
    page->items[index % kPage] = value;
  }
  // At the end of everything: no reader is left.
  void destroy() {
    for (Page* page : pages_) delete page;
    pages_.clear();
  }

 private:
  static constexpr std::size_t kPage = 256;
  struct Page : Pooled {
    explicit Page(std::uint64_t made_by) : edit(made_by) {}
    std::uint64_t edit;
    std::array<T, kPage> items{};
  };
  std::vector<Page*> pages_;
};

// A hash table from well-mixed 64-bit keys to pointers: a root of leaves, each an open-addressed block. The root grows
// eightfold, rarely, so that a leaf stays small enough to copy.
template <class T>
class KeyTable {
 public:
  T* find(std::uint64_t key) const {
    const Leaf& leaf = leaf_of(key);
    if (!leaf.block) return nullptr;
    for (std::size_t i = key & leaf.mask;; i = (i + 1) & leaf.mask) {
      const Entry& entry = leaf.entries[i];
      if (entry.key == key && entry.value) return entry.value;
      if (!entry.value) return nullptr;
    }
  }

  // Asks the memory for the key's entry, ahead of find().
  void prefetch(std::uint64_t key) const {
    const Leaf& leaf = leaf_of(key);
    if (leaf.block) __builtin_prefetch(leaf.entries + (key & leaf.mask));
  }

  // Null takes the key out.
  void put(std::uint64_t key, T* value, Graveyard& graves) {
    if (!value) return take_out(key, graves);
    if (count_ > kEntriesOfLeaf * leaves_.size()) grow(graves);
    place(leaf_of(key), {key, value}, graves);
  }

  // After a bulk load: so that the next growth is not some single change's to pay for.
  void grow_ahead(Graveyard& graves) {
    if (count_ * 2 > kEntriesOfLeaf * leaves_.size()) grow(graves);
  }

  std::size_t size() const { return count_; }
  template <class Visit>
  void each(Visit visit) const {
    for (const Leaf& leaf : leaves_) {
      if (!leaf.block) continue;
      for (const Entry& entry : leaf.block->entries()) {
        if (entry.value) visit(entry.value);
      }
    }
  }
  void destroy() {
    for (Leaf& leaf : leaves_) delete leaf.block;
    leaves_.assign(1, {});
    shift_ = 64;
    count_ = 0;
  }

 private:
  static constexpr std::size_t kEntriesOfLeaf = 384;  // on average, before the root grows
  struct Entry {
    std::uint64_t key = 0;
    T* value = nullptr;
  };
  // Its entries lie behind it.
  struct Block : Pooled {
    static Block* make(std::uint64_t edit, std::size_t size, BlockPool& pool) {
      void* block = pool.take(sizeof(Block) + size * sizeof(Entry));
      auto* made = ::new (block) Block{{}, edit, 0, size};
      std::uninitialized_default_construct_n(made->entries().data(), size);
      return made;
    }
    std::span<Entry> entries() { return {reinterpret_cast<Entry*>(this + 1), size}; }

    std::uint64_t edit;
    std::size_t count, size;
  };
  struct Leaf {
    Block* block = nullptr;
    const Entry* entries = nullptr;  // of `block`: saves a look-up a step
    std::size_t mask = 0;
  };

  void place(Leaf& leaf, Entry entry, Graveyard& graves) {
    bool full = !leaf.block || (leaf.block->count + 1) * 4 > leaf.block->size * 3;
    if (full) {
      resize(leaf, leaf.block ? leaf.block->size * 2 : 4, graves);
    } else if (leaf.block->edit != graves.edit()) {
      resize(leaf, leaf.block->size, graves);
    }
    std::size_t before = leaf.block->count;
    insert(leaf, entry);
    count_ += leaf.block->count - before;
  }

  static void insert(Leaf& leaf, Entry entry) {
    std::size_t i = entry.key & leaf.mask;
    auto entries = leaf.block->entries();
    while (entries[i].value && entries[i].key != entry.key) i = (i + 1) & leaf.mask;
    if (!entries[i].value) ++leaf.block->count;
    entries[i] = entry;
  }

  void take_out(std::uint64_t key, Graveyard& graves) {
    Leaf& leaf = leaf_of(key);
    if (!find(key)) return;
    Block* old = leaf.block;
    leaf.block = nullptr;
    resize(leaf, old->size, graves);
    for (const Entry& entry : old->entries()) {
      if (entry.value && entry.key != key) insert(leaf, entry);
    }
    discard(old, graves);
    --count_;
  }

  static void resize(Leaf& leaf, std::size_t size, Graveyard& graves) {
    Block* old = leaf.block;
    leaf.block = Block::make(graves.edit(), size, graves.pool());
    leaf.entries = leaf.block->entries().data();
    leaf.mask = size - 1;
    if (!old) return;
    for (const Entry& entry : old->entries()) {
      if (entry.value) insert(leaf, entry);
    }
    discard(old, graves);
  }

  static void discard(Block* block, Graveyard& graves) {
    if (block->edit == graves.edit()) {
      delete block;
    } else {
      graves.bury(block);
    }
  }

  // One leaf: the shift is split in two, as a shift by 64 has no meaning.
  const Leaf& leaf_of(std::uint64_t key) const { return leaves_[key >> (shift_ / 2) >> (shift_ - shift_ / 2)]; }
  Leaf& leaf_of(std::uint64_t key) { return leaves_[key >> (shift_ / 2) >> (shift_ - shift_ / 2)]; }

  void grow(Graveyard& graves) {
    std::vector<Leaf> old = std::move(leaves_);
    leaves_.assign(old.size() * 2, {});
    shift_ -= 1;
    count_ = 0;
    for (Leaf& leaf : old) {
      if (!leaf.block) continue;
      for (const Entry& entry : leaf.block->entries()) {
        if (entry.value) place(leaf_of(entry.key), entry, graves);
      }
      discard(leaf.block, graves);
    }
  }

  std::vector<Leaf> leaves_ = std::vector<Leaf>(1);
  unsigned shift_ = 64;
  std::size_t count_ = 0;
};

}  // namespace setpoint::pattern

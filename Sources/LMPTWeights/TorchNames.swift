// TorchNames - the tensors inside an unpickled value, each with its dotted name.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Walks a pickled value and collects its tensors.
///
/// Names are joined by dots: keys of dictionaries, positions in lists, attributes of modules. A
/// training checkpoint such as `{"state_dict": {...}, "epoch": 3}` gives the tensors of its
/// `state_dict`, without that prefix and without the optimiser's.
struct TorchNames {
  let heap: [PickleNode]
  let limits: Limits

  /// The tensors found, in the file's order.
  private(set) var found: [(name: String, tensor: PickleTensor)] = []
  /// For a TorchScript class: which attributes count, `nil` for all.
  var registered: ((String) throws -> Set<String>?)?

  private var classes: [String: Set<String>?] = [:]
  private var visits = 0
  private var items = 0
  /// The keys and positions that lead to the value being looked at.
  private var path: [String] = []

  /// Keys under which training programs keep the model beside other things.
  static let modelKeys = ["state_dict", "model_state_dict", "model"]

  /// Longest name of a tensor in bytes: long keys below each other would multiply a file.
  static let nameLimit = 1024

  init(heap: [PickleNode], limits: Limits) {
    self.heap = heap
    self.limits = limits
  }

  /// Collects the tensors of `root`.
  mutating func collect(_ root: PickleValue, stem: String) throws {
    if case .node(let index) = root, case .dictionary = heap[index].kind {
      for key in TorchNames.modelKeys {
        guard let inner = entry(key, of: index), case .node(let model) = inner,
          case .dictionary = heap[model].kind
        else { continue }
        try walk(inner, depth: 1)
        if !found.isEmpty { return }
      }
    }
    try walk(root, depth: 0)
    if found.count == 1, found[0].name.isEmpty { found[0].name = stem }
  }

  private func entry(_ key: String, of index: Int) -> PickleValue? {
    let items = heap[index].items
    for place in stride(from: 0, to: items.count, by: 2) {
      // Bytes, because a long key of accents has no normal form in good time.
      if case .string(let text) = items[place], text.utf8.elementsEqual(key.utf8) {
        return items[place + 1]
      }
    }
    return nil
  }

  private mutating func walk(_ value: PickleValue, depth: Int) throws {
    guard case .node(let index) = value else { return }
    // safety: values may refer to themselves or to each other many times over; the depth, the
    // number of visits and the number of items that are looked at in them are bounded, so a walk
    // always ends soon.
    guard depth <= limits.nesting else {
      throw PickleError.tooLarge(what: "levels of nesting", limit: limits.nesting)
    }
    visits += 1
    guard visits <= limits.pickleStack else {
      throw PickleError.tooLarge(
        what: "values reached through its names", limit: limits.pickleStack)
    }
    let node = heap[index]
    try count(node.items.count)
    switch node.kind {
    case .tensor(let tensor):
      guard found.count < limits.tensors else {
        throw TorchError.tooManyTensors(limit: limits.tensors)
      }
      found.append((try name(), tensor))
    case .list, .tuple:
      for (position, item) in node.items.enumerated() {
        guard case .node = item else { continue }
        try walk(item, below: String(position), depth: depth)
      }
    case .dictionary:
      for place in stride(from: 0, to: node.items.count, by: 2) {
        guard case .node = node.items[place + 1], let key = component(node.items[place]) else {
          continue
        }
        try walk(node.items[place + 1], below: key, depth: depth)
      }
    case .module(let type):
      try walkModule(node.state, type: type, depth: depth)
    case .set, .storage: break
    }
  }

  private mutating func walk(_ value: PickleValue, below key: String, depth: Int) throws {
    path.append(key)
    try walk(value, depth: depth + 1)
    path.removeLast()
  }

  private mutating func walkModule(_ state: PickleValue, type: String, depth: Int) throws {
    guard case .node(let index) = state, case .dictionary = heap[index].kind else { return }
    let registered = try registeredNames(type)
    let items = heap[index].items
    try count(items.count)
    for place in stride(from: 0, to: items.count, by: 2) {
      guard case .node(let child) = items[place + 1], let key = component(items[place]) else {
        continue
      }
      switch heap[child].kind {
      case .tensor:
        guard key.utf8.count <= TorchNames.nameLimit else { throw longName }
        guard registered?.contains(key) ?? true else { continue }
      case .module: break
      default: continue
      }
      try walk(items[place + 1], below: key, depth: depth)
    }
  }

  /// Counts items that are looked at: a list costs its length each time it is reached.
  private mutating func count(_ more: Int) throws {
    items += more
    guard items <= limits.pickleOpcodes else {
      throw PickleError.tooLarge(
        what: "items reached through its names", limit: limits.pickleOpcodes)
    }
  }

  /// The name of the value being looked at.
  private func name() throws -> String {
    guard path.reduce(path.count - 1, { $0 + $1.utf8.count }) <= TorchNames.nameLimit else {
      throw longName
    }
    return path.joined(separator: ".")
  }

  private var longName: PickleError {
    .tooLarge(what: "bytes in a tensor's name", limit: TorchNames.nameLimit)
  }

  private mutating func registeredNames(_ type: String) throws -> Set<String>? {
    if let known = classes[type] { return known }
    let names = try registered?(type)
    classes[type] = .some(names)
    return names
  }

  private func component(_ key: PickleValue) -> String? {
    switch key {
    case .string(let text): text
    case .int(let number): String(number)
    default: nil
    }
  }
}

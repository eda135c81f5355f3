using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>Compiles a region to a tile program.</summary>
internal sealed unsafe class RegionCompiler
{
    // Rows at least this long are worked on in stretches; shorter ones several at a time.
    private const int LongRow = 512;

    // Bytes of scratch slots in use: half of a common first-level cache.
    private const int TileBudget = 24 * 1024;
    private const int SmallestTile = 256, LargestTile = 2048;

    private readonly Step _step;
    private readonly PlanContext _context;
    private readonly HashSet<Def> _members;
    private readonly HashSet<Def> _stored;
    private readonly int _space, _rows, _columns;
    private readonly bool _stretch;
    private readonly Dictionary<Def, Value> _values = [];
    private readonly List<(View View, Value Value, bool Tile)> _loads = [];
    private readonly List<Operation> _setup = [], _program = [];
    private readonly List<(Value Value, Accumulator Accumulator)> _accumulators = [];
    private readonly Dictionary<Def, (Def Product, int Operand)> _absorbing = [];

    // Operations whose second operand is what they write to, and the rows' running totals among their operands.
    private readonly HashSet<Operation> _folds = [];
    private readonly List<Value> _running = [];

    private RegionCompiler(Step step, PlanContext context)
    {
        (_step, _context) = (step, context);
        _members = [.. step.Defs];
        _stored = [.. step.Writes];
        _space = step.Space;
        _columns = ChooseColumns();
        _rows = _columns == 0 ? 0 : _space / _columns;
        _stretch = _rows == 1 || _columns >= LongRow;
    }

    public static Kernel Compile(Step step, PlanContext context)
    {
        var compiler = new RegionCompiler(step, context);
        compiler.Translate();
        return compiler.Assemble();
    }

    /// <summary>The row length under which most strided operands and reductions are simple.</summary>
    private int ChooseColumns()
    {
        var votes = new Dictionary<int, int>();
        foreach (var def in _step.Defs)
        {
            if (def.Kind == DefKind.Reduce && def.Fold.Form != FoldForm.All && def.Fold.Columns < _space) Vote(def.Fold.Columns, 8);
            foreach (var operand in def.Operands)
            {
                if (Levels.ReadsByAddress(def, operand)) continue;
                var (dims, _) = operand.Merged();
                if (dims.Count > 1) Vote(dims[^1], 1);
            }
        }
        var best = _space;
        foreach (var (columns, count) in votes)
        {
            if (best == _space || count > votes[best] || (count == votes[best] && columns > best)) best = columns;
        }
        return best;

        void Vote(int columns, int weight) => votes[columns] = votes.GetValueOrDefault(columns) + weight;
    }

    // ---- definitions to operations ----

    private void Translate()
    {
        FindProducts();
        var stack = new Stack<(Def Def, int Next)>();
        foreach (var root in _step.Defs)
        {
            if (!_stored.Contains(root)) continue;
            Push(root);
            while (stack.Count > 0)
            {
                var (def, next) = stack.Pop();
                var operands = Sources(def);
                if (next == operands.Count)
                {
                    if (!_values.ContainsKey(def)) Emit(def);
                    continue;
                }
                stack.Push((def, next + 1));
                if (_members.Contains(operands[next].Def) && Levels.Fuses(operands[next], def)) Push(operands[next].Def);
            }
        }

        void Push(Def def)
        {
            if (!_values.ContainsKey(def)) stack.Push((def, 0));
        }
    }

    /// <summary>Products that are added once and used nowhere else become part of a fused multiply-add.</summary>
    private void FindProducts()
    {
        var uses = new Dictionary<Def, int>();
        foreach (var def in _step.Defs)
        {
            foreach (var operand in def.Operands) uses[operand.Def] = uses.GetValueOrDefault(operand.Def) + 1;
        }
        var absorbed = new HashSet<Def>();
        foreach (var def in _step.Defs)
        {
            if (def.Op is not (OpCode.Add or OpCode.Sub) || !def.Type.IsFloat()) continue;
            for (var i = 0; i < 2; i++)
            {
                var product = def.Operands[i].Def;
                if (product.Op != OpCode.Mul || !_members.Contains(product) || !Levels.Fuses(def.Operands[i], def)) continue;
                if (uses[product] != 1 || _stored.Contains(product) || !absorbed.Add(product)) continue;
                _absorbing.Add(def, (product, i));
                break;
            }
        }
    }

    private List<View> Sources(Def def) =>
        _absorbing.TryGetValue(def, out var fused) ? [.. fused.Product.Operands, def.Operands[1 - fused.Operand]] : [.. def.Operands];

    private void Emit(Def def)
    {
        if (def.Kind == DefKind.Reduce) EmitReduce(def);
        else if (def.Op is OpCode.RandomUniform or OpCode.RandomNormal or OpCode.RandomSign or OpCode.RandomGamma or OpCode.RandomPoisson) EmitDraw(def);
        else EmitMap(def);
    }

    private void EmitMap(Def def)
    {
        var table = _context.Table;
        var from = def.Operands[0].Def.Type;
        if (_absorbing.TryGetValue(def, out var fused))
        {
            Value x = Read(fused.Product.Operands[0], fused.Product), y = Read(fused.Product.Operands[1], fused.Product), z = Read(def.Operands[1 - fused.Operand], def);
            if (x.IsScalar) (x, y) = (y, x);
            if (x.IsScalar) x = Spread(x);
            var form = def.Op == OpCode.Add ? OpCode.Add : fused.Operand == 0 ? OpCode.Sub : OpCode.Neg;
            Put(table.Fused(form, def.Type, y.IsScalar, z.IsScalar), NewValue(def), [x, y, z]);
        }
        else if (def.Op == OpCode.Select)
        {
            Value c = ReadTile(def.Operands[0], def), a = Read(def.Operands[1], def), b = Read(def.Operands[2], def);
            Put(table.Select(def.Type, a.IsScalar, b.IsScalar), NewValue(def), [c, a, b], Step(a), Step(b));
        }
        else if (def.Op == OpCode.Convert)
        {
            Put(table.Convert(from, def.Type), NewValue(def), [ReadTile(def.Operands[0], def)]);
        }
        else if (def.Operands.Length == 1)
        {
            nint order = def.Node!.Attributes is Attributes.Order o ? o.Value : 0;
            Put(table.Unary(def.Op, from), NewValue(def), [ReadTile(def.Operands[0], def)], order);
        }
        else
        {
            Value a = Read(def.Operands[0], def), b = Read(def.Operands[1], def);
            var kernel = TileTable.ElementBinary(def.Op, from);
            if (kernel == null) kernel = table.Binary(def.Op, from, a.IsScalar, b.IsScalar);
            if (kernel == null) throw new NotSupportedException($"the cpu backend has no kernel for {def.Op} of {from.Name()}");
            Put(kernel, NewValue(def), [a, b], Step(a), Step(b));
        }

        static nint Step(Value value) => value.IsScalar ? 0 : 1;
    }

    private void EmitDraw(Def def)
    {
        var attributes = (Attributes.RandomSpec)def.Node!.Attributes;
        var spec = _context.Code.Take<DrawSpec>(1);
        *spec = new DrawSpec
        {
            Seed = (long*)_context.Address(def.Operands[0]),
            Step = (long*)_context.Address(def.Operands[1]),
            Draw = (long*)_context.Address(def.Operands[2]),
            Stream = attributes.Stream,
            EventSize = attributes.Event.Size,
        };
        Put(_context.Table.Draw(def.Op, def.Type), NewValue(def), def.Operands.Length > 3 ? [ReadTile(def.Operands[3], def)] : [], (nint)spec);
    }

    private void EmitReduce(Def def)
    {
        var x = ReadTile(def.Operands[0], def);
        var size = def.Type.Size();
        var result = _context.Address(def);
        var form = def.Fold.Form switch
        {
            FoldForm.All => FoldKernel.All,
            FoldForm.Rows => def.Size == 1 ? FoldKernel.All : _stretch ? FoldKernel.Stretch : FoldKernel.Rows,
            FoldForm.Columns => FoldKernel.Columns,
        };
        if (form != FoldKernel.All && (def.Fold.Columns != _columns || _space == 0)) form = FoldKernel.Elsewhere;
        var kernel = _context.Table.Reduce(def.Op, def.Type, form);
        if (form is FoldKernel.Stretch or FoldKernel.Rows)
        {
            // Each row belongs to one chunk, which writes its result itself.
            var store = new Value { ElementSize = size, Pointer = new Cursor { Base = result, RowStep = size } };
            var running = new Value { ElementSize = 8, Pointer = new Cursor { ChunkStep = 64 } };
            if (form == FoldKernel.Stretch) _running.Add(running);
            _program.Add(new(kernel, null, form == FoldKernel.Stretch ? [x, store, running] : [x, store], 0, 0));
            _folds.Add(_program[^1]);
            return;
        }
        var sum = def.Op == OpCode.ReduceSum;
        var valueSize = sum ? 8 : size;
        var columns = form == FoldKernel.Columns;
        var accumulator = new Accumulator
        {
            Finish = Finisher(def),
            Start = sum ? 0 : def.Type switch
            {
                DType.F32 => BitConverter.SingleToUInt32Bits(float.NegativeInfinity),
                DType.F64 => BitConverter.DoubleToUInt64Bits(double.NegativeInfinity),
                _ => unchecked((ulong)long.MinValue),
            },
            Result = result,
            Count = def.Size,
            // Whole vectors are accumulated, so the last one needs room.
            ChunkStep = ((nint)def.Size * valueSize + 127) / 64 * 64 + 64,
            ValueSize = valueSize,
        };
        var value = new Value
        {
            ElementSize = valueSize,
            Pointer = new Cursor { ColumnStep = columns ? valueSize : 0, ChunkStep = accumulator.ChunkStep },
        };
        _accumulators.Add((value, accumulator));
        _program.Add(new(kernel, null, [x, value], def.Fold.Columns, def.Fold.Form == FoldForm.Columns ? 1 : 0));
        _folds.Add(_program[^1]);
    }


    private static delegate*<Accumulator*, int, void> Finisher(Def def) => (def.Op, def.Type) switch
    {
        (OpCode.ReduceSum, DType.F32) => &Finishers.SumSingle,
        (OpCode.ReduceSum, DType.F64) => &Finishers.SumDouble,
        (OpCode.ReduceSum, _) => &Finishers.SumInteger,
        (_, DType.F32) => &Finishers.Max<float>,
        (_, DType.F64) => &Finishers.Max<double>,
        _ => &Finishers.Max<long>,
    };

    private void Put(delegate*<Instr*, Frame*, void> kernel, Value result, Value[] operands, nint p = 0, nint q = 0) =>
        _program.Add(new(kernel, result, operands, p, q));

    private Value NewValue(Def def)
    {
        var size = def.Type.Size();
        var value = _stored.Contains(def)
            ? new Value { ElementSize = size, Store = Dense(_context.Address(def), size), Memory = _context.Owner(def) }
            : new Value { ElementSize = size };
        _values.Add(def, value);
        return value;
    }

    private Cursor Dense(byte* start, nint size) => new() { Base = start, RowStep = _columns * size, ColumnStep = size };

    // ---- operands ----

    private Value ReadTile(View view, Def user)
    {
        var value = Read(view, user);
        return value.IsScalar && _space > 1 ? Spread(value) : value;
    }

    /// <summary>A scalar repeated over the tile.</summary>
    private Value Spread(Value scalar)
    {
        // A value that changes from row to row must be spread in every tile.
        var moves = scalar.Pointer is { } p && p.RowStep != 0;
        var tile = new Value { ElementSize = scalar.ElementSize, IsSetup = !moves };
        (moves ? _program : _setup).Add(new(TileTable.Fill(scalar.ElementSize), tile, [scalar], 0, 0));
        return tile;
    }

    private Value Read(View view, Def user)
    {
        if (_members.Contains(view.Def) && Levels.Fuses(view, user)) return _values[view.Def];
        foreach (var (known, value, _) in _loads)
        {
            if (known.Same(view)) return value;
        }
        var loaded = Load(view);
        _loads.Add((view, loaded, false));
        return loaded;
    }

    private Value Load(View view)
    {
        int size = view.Def.Type.Size();
        var start = _context.Address(view);
        var memory = _context.Owner(view.Def);
        if (_space <= 1) return Pointer(default);
        if (view.IsScalar) return new Value { ElementSize = size, IsScalar = true, Pointer = new Cursor { Base = start }, Memory = memory };
        if (view.AsRows(_columns) is not { } step)
        {
            var walk = _context.Code.Take<Walk>(1);
            var (dims, strides) = view.Merged();
            if (dims.Count > Walk.MaxRank) throw new NotSupportedException($"the cpu backend reads operands of at most {Walk.MaxRank} axes in steps");
            walk->Rank = dims.Count;
            for (var i = 0; i < dims.Count; i++) (walk->Dims[i], walk->Strides[i]) = (dims[i], strides[i]);
            return Gathered(TileTable.Strided(size), Pointer(default), (nint)walk, 0, false);
        }
        var moving = new Cursor { RowStep = (nint)step.Row * size, ColumnStep = (nint)step.Column * size };
        if (step.Column == 1 && (_stretch || step.Row == _columns)) return Pointer(moving);
        if (_stretch && step.Column == 0) return new Value { ElementSize = size, IsScalar = true, Pointer = moving with { Base = start }, Memory = memory };
        if (!_stretch && step.Column == 1 && step.Row == 0) return Gathered(TileTable.RepeatRow(size), Pointer(default), 0, 0, true);
        return Gathered(TileTable.Rows(size), Pointer(moving), step.Row, step.Column, false);

        Value Pointer(Cursor cursor) => new() { ElementSize = size, Pointer = cursor with { Base = start }, Memory = memory };

        Value Gathered(delegate*<Instr*, Frame*, void> kernel, Value source, nint p, nint q, bool once)
        {
            var tile = new Value { ElementSize = size, IsSetup = once };
            (once ? _setup : _program).Add(new(kernel, tile, [source], p, q));
            return tile;
        }
    }

    // ---- registers and addresses ----

    private Kernel Assemble()
    {
        for (var i = 0; i < _program.Count; i++)
        {
            foreach (var operand in _program[i].Operands)
            {
                if (operand is not null) operand.LastUse = i;
            }
        }
        var registers = new RegisterFile();
        foreach (var operation in _setup)
        {
            foreach (var operand in operation.Operands) registers.Point(operand!);
            registers.Allocate(operation.Result!);
        }
        var setup = _setup.ConvertAll(Encode);

        var program = new List<Instr>();
        var copies = new List<(Value From, Value To)>();
        for (var i = 0; i < _program.Count; i++)
        {
            var operation = _program[i];
            foreach (var operand in operation.Operands) registers.Point(operand!);
            foreach (var operand in operation.Operands)
            {
                if (operand!.LastUse == i && !operand.IsSetup) registers.Release(operand);
            }
            if (operation.Result is { } result) Place(result, i);
            program.Add(Encode(operation));
            // A value no one reads (a stored one that had to wait keeps its slot for the copy).
            if (operation.Result is { LastUse: < 0 } unread && !copies.Exists(c => c.From == unread)) registers.Release(unread);
        }
        foreach (var (from, to) in copies)
        {
            registers.Point(to);
            program.Add(new Instr { Kernel = &ElementTiles.Copy, Dst = to.Register, A = from.Register, P = from.ElementSize });
        }
        return Build(registers, setup, program);

        void Place(Value result, int at)
        {
            if (result.Store is not { } store)
            {
                registers.Allocate(result);
                return;
            }
            // Writing over state that later instructions still read waits until the end of the tile.
            var early = _program.Exists(o => o.Operands.Any(v => v is { Pointer: not null } && v.Memory == result.Memory && v.LastUse > at));
            if (early)
            {
                result.LastUse = int.MaxValue;
                registers.Allocate(result);
                copies.Add((result, new Value { ElementSize = result.ElementSize, Pointer = store }));
            }
            else
            {
                registers.Point(result, store);
            }
        }
    }

    private Instr Encode(Operation operation)
    {
        var operands = operation.Operands;
        if (_folds.Contains(operation))
        {
            // Dst: the accumulator or result; A: the tile; B: a row's running total.
            return new Instr { Kernel = operation.Kernel, Dst = operands[1]!.Register, A = operands[0]!.Register, B = operands.Length > 2 ? operands[2]!.Register : 0, P = operation.P, Q = operation.Q };
        }
        return new Instr
        {
            Kernel = operation.Kernel,
            Dst = operation.Result!.Register,
            A = operands.Length > 0 ? operands[0]!.Register : 0,
            B = operands.Length > 1 ? operands[1]!.Register : 0,
            C = operands.Length > 2 ? operands[2]!.Register : 0,
            P = operation.P,
            Q = operation.Q,
        };
    }

    private Kernel Build(RegisterFile registers, List<Instr> setup, List<Instr> program)
    {
        var widths = Math.Max(registers.SlotWidths.Sum(), 1);
        var tile = Math.Clamp(TileBudget / widths / 64 * 64, SmallestTile, LargestTile);
        var code = _context.Code.Take<RegionCode>(1);
        code->Rows = _rows;
        code->Columns = _columns;
        if (_stretch)
        {
            var pieces = Math.Max(1, (_columns + tile - 1) / tile);
            code->Stretch = ((_columns + pieces - 1) / pieces + 63) / 64 * 64;
            tile = (int)Math.Max(code->Stretch, 1);
        }
        else
        {
            code->TileRows = Math.Clamp(tile / Math.Max(_columns, 1), 1, Math.Max(_rows, 1));
            tile = (int)Math.Max(code->TileRows * _columns, 1);
        }
        var nanoseconds = _step.Defs.Sum(Cost.PerElement) * _space;
        long units = _stretch ? (_rows == 1 ? (_columns + code->Stretch - 1) / code->Stretch : _rows) : (_rows + code->TileRows - 1) / code->TileRows;
        var chunks = Cost.Chunks(nanoseconds, units);

        // Partial results of all regions share one piece of scratch: only one region runs at a time.
        nint offset = 0;
        var starts = new List<nint>();
        foreach (var (_, accumulator) in _accumulators)
        {
            starts.Add(offset);
            offset += accumulator.ChunkStep * chunks;
        }
        var runningStart = offset;
        _context.NeedPartials(offset + 64 * chunks * _running.Count);

        code->Setup = _context.Code.Take(setup);
        code->SetupLength = setup.Count;
        code->Program = _context.Code.Take(program);
        code->ProgramLength = program.Count;
        code->Accumulators = _context.Code.Take<Accumulator>(_accumulators.Count);
        code->AccumulatorCount = _accumulators.Count;
        code->CursorCount = registers.Cursors(moving: true).Count;
        code->Cursors = _context.Code.Take<Cursor>(code->CursorCount);
        var workers = Registers(registers, tile, out var slots);
        _context.OnceAllocated(() => Bind(code, registers, workers, slots, starts, runningStart, chunks));
        return new RegionKernel(code, workers, Text(tile))
        {
            Chunks = chunks,
            Traffic = _step.Reads.Sum(d => (long)d.Bytes) + _step.Writes.Sum(d => (long)d.Bytes),
            Operations = (double)_space * _program.Count,
        };
    }

    /// <summary>Room for each worker's registers, and where in its scratch memory the slots lie.</summary>
    private byte*** Registers(RegisterFile registers, int tile, out nint[] slots)
    {
        slots = new nint[registers.SlotWidths.Count];
        nint scratch = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = scratch;
            // Kernels read up to a vector past a tile's end. The odd line keeps slots from competing for the same cache sets.
            scratch += ((nint)tile * registers.SlotWidths[i] + 63) / 64 * 64 + 64 * (1 + i % 4);
        }
        _context.NeedScratch(scratch);
        var result = (byte***)_context.Code.Take<nint>(_context.Workers);
        for (var w = 0; w < _context.Workers; w++) result[w] = (byte**)_context.Code.Take<nint>(registers.Count + 1);
        return result;
    }

    /// <summary>Writes the addresses in scratch memory, which is allocated once all steps have said what they need.</summary>
    private void Bind(RegionCode* code, RegisterFile registers, byte*** workers, nint[] slots, List<nint> starts, nint runningStart, int chunks)
    {
        for (var i = 0; i < _accumulators.Count; i++)
        {
            var (value, accumulator) = _accumulators[i];
            accumulator.Values = _context.Partials + starts[i];
            code->Accumulators[i] = accumulator;
            registers.Rebase(value, accumulator.Values);
        }
        for (var i = 0; i < _running.Count; i++) registers.Rebase(_running[i], _context.Partials + runningStart + 64 * chunks * i);
        var moving = registers.Cursors(moving: true);
        for (var i = 0; i < moving.Count; i++) code->Cursors[i] = moving[i];
        for (var w = 0; w < _context.Workers; w++)
        {
            foreach (var (register, slot) in registers.Slots()) workers[w][register] = _context.Scratch(w) + slots[slot];
            foreach (var cursor in registers.Cursors(moving: false)) workers[w][cursor.Register] = cursor.Base;
        }
    }

    private string Text(int tile)
    {
        var names = _step.Defs.GroupBy(d => d.Op).Select(g => g.Count() == 1 ? $"{g.Key}" : $"{g.Key} x{g.Count()}");
        return $"region [{(_rows == 1 ? "" : $"{_rows}, ")}{_columns}] tile {tile}: {string.Join(", ", names)} -> {string.Join(", ", _step.Writes)}";
    }
}

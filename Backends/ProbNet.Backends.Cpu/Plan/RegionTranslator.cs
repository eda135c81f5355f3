using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>Translates the definitions of a region into operations, operands first.</summary>
internal sealed unsafe class RegionTranslator
{
    private readonly Step _step;
    private readonly PlanContext _context;
    private readonly HashSet<Def> _members, _stored;
    private readonly Dictionary<Def, Value> _values = [];
    private readonly Dictionary<Def, (Def Product, int Operand)> _absorbing = [];
    private readonly Dictionary<Def, Def> _guarded = [];
    private readonly Dictionary<Def, Def> _summed = [];
    private readonly RegionProgram _program;
    private readonly RegionOperands _operands;

    private RegionTranslator(Step step, PlanContext context)
    {
        (_step, _context) = (step, context);
        _members = [.. step.Defs];
        _stored = [.. step.Writes];
        _program = new(RegionShape.Choose(step));
        _operands = new(_program, context, _values);
    }

    public static RegionProgram Run(Step step, PlanContext context)
    {
        var translator = new RegionTranslator(step, context);
        translator.Translate();
        return translator._program;
    }

    private void Translate()
    {
        FindProducts();
        FindGuard();
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

    /// <summary>Products that are added once and used nowhere else become part of a fused multiply-add; products and logarithms that are summed, of the sum.</summary>
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
            if (def.Kind == DefKind.Reduce && def.Op == OpCode.ReduceSum && def.Type.IsFloat() && def.Fold.Form == FoldForm.All && def.Operands[0].Def is { Op: OpCode.Mul or OpCode.Log } term)
            {
                if (uses[term] == 1 && _members.Contains(term) && Levels.Fuses(def.Operands[0], def) && !_stored.Contains(term) && absorbed.Add(term)) _summed.Add(def, term);
            }
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

    /// <summary>
    /// Where all that the region stores is a new value or an old one, by one truth value for all elements, the new values are computed straight into their place if it holds,
    /// and only copied otherwise. An optimiser's update, which a step that failed must not make, has this form.
    /// </summary>
    private void FindGuard()
    {
        if (_stored.Count == 0 || _step.Defs.Any(d => d.Kind == DefKind.Reduce)) return;
        var condition = _stored.First().Operands[0];
        foreach (var def in _stored)
        {
            if (def.Op != OpCode.Select || !def.Operands[0].IsScalar || !def.Operands[0].Same(condition) || _members.Contains(condition.Def)) return;
            View chosen = def.Operands[1], other = def.Operands[2];
            if (!chosen.IsIdentity || !_members.Contains(chosen.Def) || !Levels.Fuses(chosen, def) || _stored.Contains(chosen.Def)) return;
            if (!other.IsIdentity || _members.Contains(other.Def) || def.Space != _step.Space) return;
        }
        if (_stored.Select(d => d.Operands[1].Def).Distinct().Count() < _stored.Count) return;
        // Old values are copied one after the other, so none may lie where another result goes.
        if (_stored.Any(a => _stored.Any(b => a != b && _context.Address(a.Operands[2]) == _context.Address(b)))) return;
        foreach (var def in _stored) _guarded.Add(def.Operands[1].Def, def);
        _program.Guard = new Value { ElementSize = 1, IsScalar = true, Pointer = new Cursor { Base = _context.Address(condition) } };
    }

    private List<View> Sources(Def def) =>
        _summed.TryGetValue(def, out var term) ? [.. term.Operands] :
        _absorbing.TryGetValue(def, out var fused) ? [.. fused.Product.Operands, def.Operands[1 - fused.Operand]] : [.. def.Operands];

    private void Emit(Def def)
    {
        if (_program.Guard is not null && _stored.Contains(def)) EmitGuarded(def);
        else if (def.Kind == DefKind.Reduce) EmitReduce(def);
        else if (def.Op is OpCode.RandomUniform or OpCode.RandomNormal or OpCode.RandomSign or OpCode.RandomGamma or OpCode.RandomPoisson or OpCode.RandomBinomial) EmitDraw(def);
        else EmitMap(def);
    }

    private void EmitGuarded(Def def)
    {
        _values.Add(def, _values[def.Operands[1].Def]);
        var size = def.Type.Size();
        byte* from = _context.Address(def.Operands[2]), to = _context.Address(def);
        if (from != to) _program.Otherwise.Add((new Value { ElementSize = size, Pointer = Dense(from, size) }, new Value { ElementSize = size, Pointer = Dense(to, size) }));
    }

    private void EmitMap(Def def)
    {
        var table = _context.Table;
        var from = def.Operands[0].Def.Type;
        if (_absorbing.TryGetValue(def, out var fused))
        {
            Value x = _operands.Read(fused.Product.Operands[0], fused.Product), y = _operands.Read(fused.Product.Operands[1], fused.Product), z = _operands.Read(def.Operands[1 - fused.Operand], def);
            if (x.IsScalar) (x, y) = (y, x);
            if (x.IsScalar) x = _operands.Spread(x);
            var form = def.Op == OpCode.Add ? OpCode.Add : fused.Operand == 0 ? OpCode.Sub : OpCode.Neg;
            Put(table.Fused(form, def.Type, y.IsScalar, z.IsScalar), NewValue(def), [x, y, z]);
        }
        else if (def.Op == OpCode.Select)
        {
            Value c = _operands.ReadTile(def.Operands[0], def), a = _operands.Read(def.Operands[1], def), b = _operands.Read(def.Operands[2], def);
            Put(table.Select(def.Type, a.IsScalar, b.IsScalar), NewValue(def), [c, a, b], Step(a), Step(b));
        }
        else if (def.Op == OpCode.Convert)
        {
            Put(table.Convert(from, def.Type), NewValue(def), [_operands.ReadTile(def.Operands[0], def)]);
        }
        else if (def.Operands.Length == 1)
        {
            nint order = def.Node!.Attributes is Attributes.Order o ? o.Value : 0;
            Put(table.Unary(def.Op, from), NewValue(def), [_operands.ReadTile(def.Operands[0], def)], order);
        }
        else
        {
            Value a = _operands.Read(def.Operands[0], def), b = _operands.Read(def.Operands[1], def);
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
        Put(_context.Table.Draw(def.Op, def.Type), NewValue(def), [.. def.Operands.Skip(3).Select(x => _operands.ReadTile(x, def))], (nint)spec);
    }

    private void EmitReduce(Def def)
    {
        var term = _summed.GetValueOrDefault(def);
        Value[] x = term is null ? [_operands.ReadTile(def.Operands[0], def)] : [.. term.Operands.Select(operand => _operands.ReadTile(operand, term))];
        var size = def.Type.Size();
        var result = _context.Address(def);
        var form = def.Fold.Form switch
        {
            FoldForm.All => FoldKernel.All,
            FoldForm.Rows => def.Size == 1 ? FoldKernel.All : _program.Shape.IsStretched ? FoldKernel.Stretch : FoldKernel.Rows,
            FoldForm.Columns => FoldKernel.Columns,
        };
        if (form != FoldKernel.All && (def.Fold.Columns != _program.Shape.Columns || _program.Shape.Space == 0)) form = FoldKernel.Elsewhere;
        var kernel = term is null ? _context.Table.Reduce(def.Op, def.Type, form) : _context.Table.SumOf(term.Op, def.Type);
        if (form is FoldKernel.Stretch or FoldKernel.Rows)
        {
            // Each row belongs to one chunk, which writes its result itself.
            var store = new Value { ElementSize = size, Pointer = new Cursor { Base = result, RowStep = size } };
            var running = new Value { ElementSize = 8, Pointer = new Cursor { ChunkStep = 64 } };
            if (form == FoldKernel.Stretch) _program.Running.Add(running);
            _program.Body.Add(new(kernel, null, form == FoldKernel.Stretch ? [x[0], store, running] : [x[0], store], 0, 0));
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
        _program.Accumulators.Add((value, accumulator));
        _program.Body.Add(new(kernel, null, [x[0], value, .. x.Skip(1)], def.Fold.Columns, def.Fold.Form == FoldForm.Columns ? 1 : 0));
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
        _program.Body.Add(new(kernel, result, operands, p, q));

    private Value NewValue(Def def)
    {
        var size = def.Type.Size();
        var kept = _guarded.GetValueOrDefault(def, def);
        var value = _stored.Contains(kept)
            ? new Value { ElementSize = size, Store = Dense(_context.Address(kept), size), Memory = _context.Owner(kept) }
            : new Value { ElementSize = size };
        _values.Add(def, value);
        return value;
    }

    private Cursor Dense(byte* start, nint size) => new() { Base = start, RowStep = _program.Shape.Columns * size, ColumnStep = size };
}

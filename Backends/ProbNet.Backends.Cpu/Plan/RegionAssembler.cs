using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>Makes a kernel of a region's operations: registers and scratch slots, tile size, chunks, native code.</summary>
internal sealed unsafe class RegionAssembler(Step step, RegionProgram program, PlanContext context)
{
    // Bytes of a tile's scratch slots and of the arrays that pass through it: what a common first-level cache holds, with a little to spare.
    private const int TileBudget = 40 * 1024;
    private const int SmallestTile = 256, LargestTile = 2048;

    public static Kernel Compile(Step step, PlanContext context) => new RegionAssembler(step, RegionTranslator.Run(step, context), context).Assemble();

    private Kernel Assemble()
    {
        for (var i = 0; i < program.Body.Count; i++)
        {
            foreach (var operand in program.Body[i].Operands)
            {
                operand.LastUse = i;
            }
        }
        var registers = new RegisterFile();
        foreach (var operation in program.Setup)
        {
            foreach (var operand in operation.Operands) registers.Point(operand);
            registers.Allocate(operation.Result!);
        }
        var setup = program.Setup.ConvertAll(Encode);

        var body = new List<Instr>();
        var copies = new List<(Value From, Value To)>();
        for (var i = 0; i < program.Body.Count; i++)
        {
            var operation = program.Body[i];
            foreach (var operand in operation.Operands) registers.Point(operand);
            foreach (var operand in operation.Operands)
            {
                if (operand.LastUse == i && !operand.IsSetup) registers.Release(operand);
            }
            if (operation.Result is { } result) Place(result, i);
            body.Add(Encode(operation));
            // A value no one reads (a stored one that had to wait keeps its slot for the copy).
            if (operation.Result is { LastUse: < 0 } unread && !copies.Exists(c => c.From == unread)) registers.Release(unread);
        }
        foreach (var (from, to) in copies)
        {
            registers.Point(to);
            body.Add(new Instr { Kernel = &ElementTiles.Copy, Dst = to.Register, A = from.Register, P = from.ElementSize });
        }
        var otherwise = new List<Instr>();
        if (program.Guard is { } guard) registers.Point(guard);
        foreach (var (from, to) in program.Otherwise)
        {
            registers.Point(from);
            registers.Point(to);
            otherwise.Add(new Instr { Kernel = &ElementTiles.Copy, Dst = to.Register, A = from.Register, P = from.ElementSize });
        }
        return Build(registers, setup, body, otherwise);

        void Place(Value result, int at)
        {
            if (result.Store is not { } store)
            {
                registers.Allocate(result);
                return;
            }
            // Writing over state that later instructions still read waits until the end of the tile.
            var early = program.Body.Exists(o => o.Operands.Any(v => v.Pointer is not null && v.Memory == result.Memory && v.LastUse > at));
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
        if (operation.Result is null)
        {
            // Dst: the accumulator or result; A: the tile; B: a row's running total.
            return new Instr { Kernel = operation.Kernel, Dst = operands[1].Register, A = operands[0].Register, B = operands.Length > 2 ? operands[2].Register : 0, P = operation.P, Q = operation.Q };
        }
        return new Instr
        {
            Kernel = operation.Kernel,
            Dst = operation.Result!.Register,
            A = operands.Length > 0 ? operands[0].Register : 0,
            B = operands.Length > 1 ? operands[1].Register : 0,
            C = operands.Length > 2 ? operands[2].Register : 0,
            P = operation.P,
            Q = operation.Q,
        };
    }

    private Kernel Build(RegisterFile registers, List<Instr> setup, List<Instr> body, List<Instr> otherwise)
    {
        var shape = program.Shape;
        var widths = Math.Max(registers.SlotWidths.Sum() + (int)registers.Cursors(moving: true).Where(c => c.ChunkStep == 0).DistinctBy(c => (nint)c.Base).Sum(c => c.ColumnStep), 1);
        var tile = Math.Clamp(TileBudget / widths / 64 * 64, SmallestTile, LargestTile);
        var code = context.Code.Take<RegionCode>(1);
        code->Rows = shape.Rows;
        code->Columns = shape.Columns;
        if (shape.IsStretched)
        {
            var pieces = Math.Max(1, (shape.Columns + tile - 1) / tile);
            code->Stretch = ((shape.Columns + pieces - 1) / pieces + 63) / 64 * 64;
            tile = (int)Math.Max(code->Stretch, 1);
        }
        else
        {
            code->TileRows = Math.Clamp(tile / Math.Max(shape.Columns, 1), 1, Math.Max(shape.Rows, 1));
            tile = (int)Math.Max(code->TileRows * shape.Columns, 1);
        }
        var nanoseconds = step.Defs.Sum(Cost.PerElement) * shape.Space;
        long units = shape.IsStretched ? (shape.Rows == 1 ? (shape.Columns + code->Stretch - 1) / code->Stretch : shape.Rows) : (shape.Rows + code->TileRows - 1) / code->TileRows;
        var chunks = Cost.Chunks(nanoseconds, units);

        // Partial results of all regions share one piece of scratch: only one region runs at a time.
        nint offset = 0;
        var starts = new List<nint>();
        foreach (var (_, accumulator) in program.Accumulators)
        {
            starts.Add(offset);
            offset += accumulator.ChunkStep * chunks;
        }
        var runningStart = offset;
        context.NeedPartials(offset + 64 * chunks * program.Running.Count);

        code->Setup = context.Code.Take(setup);
        code->SetupLength = setup.Count;
        code->Program = context.Code.Take(body);
        code->ProgramLength = body.Count;
        code->Otherwise = context.Code.Take(otherwise);
        code->OtherwiseLength = otherwise.Count;
        code->Guard = program.Guard is { Pointer: { } guard } ? guard.Base : null;
        code->Accumulators = context.Code.Take<Accumulator>(program.Accumulators.Count);
        code->AccumulatorCount = program.Accumulators.Count;
        code->CursorCount = registers.Cursors(moving: true).Count;
        code->Cursors = context.Code.Take<Cursor>(code->CursorCount);
        var workers = Registers(registers, tile, out var slots);
        context.OnceAllocated(() => Bind(code, registers, workers, slots, starts, runningStart, chunks));
        return new RegionKernel(code, workers, Text(tile))
        {
            Chunks = chunks,
            Traffic = step.Reads.Sum(d => (long)d.Bytes) + step.Writes.Sum(d => (long)d.Bytes),
            Operations = step.Defs.Sum(d => Work.Operations(d) * d.Space),
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
        context.NeedScratch(scratch);
        var result = (byte***)context.Code.Take<nint>(context.Workers);
        for (var w = 0; w < context.Workers; w++) result[w] = (byte**)context.Code.Take<nint>(registers.Count + 1);
        return result;
    }

    /// <summary>Writes the addresses in scratch memory, which is allocated once all steps have said what they need.</summary>
    private void Bind(RegionCode* code, RegisterFile registers, byte*** workers, nint[] slots, List<nint> starts, nint runningStart, int chunks)
    {
        for (var i = 0; i < program.Accumulators.Count; i++)
        {
            var (value, accumulator) = program.Accumulators[i];
            accumulator.Values = context.Partials + starts[i];
            code->Accumulators[i] = accumulator;
            registers.Rebase(value, accumulator.Values);
        }
        for (var i = 0; i < program.Running.Count; i++) registers.Rebase(program.Running[i], context.Partials + runningStart + 64 * chunks * i);
        var moving = registers.Cursors(moving: true);
        for (var i = 0; i < moving.Count; i++) code->Cursors[i] = moving[i];
        for (var w = 0; w < context.Workers; w++)
        {
            foreach (var (register, slot) in registers.Slots()) workers[w][register] = context.Scratch(w) + slots[slot];
            foreach (var cursor in registers.Cursors(moving: false)) workers[w][cursor.Register] = cursor.Base;
        }
    }

    private string Text(int tile)
    {
        var shape = program.Shape;
        var names = step.Defs.GroupBy(d => d.Op == OpCode.StopGradient ? "Copy" : $"{d.Op}").Select(g => g.Count() == 1 ? g.Key : $"{g.Key} x{g.Count()}");
        return $"region [{(shape.Rows == 1 ? "" : $"{shape.Rows}, ")}{shape.Columns}] tile {tile}: {string.Join(", ", names)} -> {string.Join(", ", step.Writes)}";
    }
}

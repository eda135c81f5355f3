using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>A register that moves with the tile: Base + chunk * ChunkStep + row * RowStep + column * ColumnStep, in bytes.</summary>
internal unsafe struct Cursor
{
    public byte* Base;
    public nint RowStep, ColumnStep, ChunkStep;
    public int Register;
}

/// <summary>Partial results of a reduction, one set a chunk, and where their total goes.</summary>
internal unsafe struct Accumulator
{
    /// <summary>Combines the chunks' values into the result; operands as in the struct's other fields.</summary>
    public delegate*<Accumulator*, int, void> Finish;

    /// <summary>The value a chunk starts from, as the bits of its 8 (or lower 4) bytes.</summary>
    public ulong Start;

    public byte* Values, Result;

    /// <summary>Elements of the result; bytes from one chunk's values to the next; bytes of a value.</summary>
    public nint Count, ChunkStep;

    public int ValueSize;
}

/// <summary>Everything a region needs to run, in native memory.</summary>
internal unsafe struct RegionCode
{
    public Instr* Setup, Program, Otherwise;
    public Cursor* Cursors;
    public Accumulator* Accumulators;
    public int SetupLength, ProgramLength, OtherwiseLength, CursorCount, AccumulatorCount;

    /// <summary>The space: rows × columns.</summary>
    public nint Rows, Columns;

    /// <summary>Columns of a tile that is a stretch of one row, or 0: then a tile is <see cref="TileRows"/> whole rows.</summary>
    public nint Stretch;

    public nint TileRows;

    /// <summary>Null, or a truth value: where it is false, <see cref="Otherwise"/> runs in place of <see cref="Program"/>.</summary>
    public byte* Guard;
}

/// <summary>
/// A fused pass: elementwise functions, broadcasts, draws and reductions over one space, tile by tile. A tile's intermediate values stay in the
/// first-level cache; each instruction of the program is one vector loop over the tile.
/// </summary>
internal sealed unsafe class RegionKernel : Kernel
{
    private readonly RegionCode* _code;
    private readonly byte*** _registers;
    private readonly string _text;

    /// <param name="code">The program.</param>
    /// <param name="registers">For each worker its registers, those that do not move already set.</param>
    /// <param name="text">A description.</param>
    public RegionKernel(RegionCode* code, byte*** registers, string text)
    {
        _code = code;
        _registers = registers;
        _text = text;
    }

    public override string Describe() => _text;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, int worker)
    {
        var code = _code;
        var registers = _registers[worker];
        Frame frame;
        frame.Registers = registers;
        frame.Columns = code->Columns;
        frame.Row = 0;
        frame.Column = 0;
        for (var a = 0; a < code->AccumulatorCount; a++) Reset(code->Accumulators + a, chunk);
        var passes = code->Guard == null || *code->Guard != 0;
        var program = passes ? code->Program : code->Otherwise;
        var length = passes ? code->ProgramLength : code->OtherwiseLength;

        if (code->Stretch == 0)
        {
            frame.Length = Math.Min(code->TileRows, code->Rows) * code->Columns;
            Execute(code->Setup, code->SetupLength, &frame);
            var tiles = (code->Rows + code->TileRows - 1) / code->TileRows;
            nint first = tiles * chunk / Chunks, last = tiles * (chunk + 1) / Chunks;
            for (var tile = first; tile < last; tile++)
            {
                frame.Row = tile * code->TileRows;
                frame.Length = Math.Min(code->TileRows, code->Rows - frame.Row) * code->Columns;
                Move(code, registers, frame.Row, 0, chunk);
                Execute(program, length, &frame);
            }
        }
        else
        {
            // One row is divided among chunks by stretches, several by rows.
            var stretches = (code->Columns + code->Stretch - 1) / code->Stretch;
            frame.Length = Math.Min(code->Stretch, code->Columns);
            Execute(code->Setup, code->SetupLength, &frame);
            var single = code->Rows == 1;
            nint firstRow = single ? 0 : code->Rows * chunk / Chunks, lastRow = single ? 1 : code->Rows * (chunk + 1) / Chunks;
            nint first = single ? stretches * chunk / Chunks : 0, last = single ? stretches * (chunk + 1) / Chunks : stretches;
            for (var row = firstRow; row < lastRow; row++)
            {
                frame.Row = row;
                for (var stretch = first; stretch < last; stretch++)
                {
                    frame.Column = stretch * code->Stretch;
                    frame.Length = Math.Min(code->Stretch, code->Columns - frame.Column);
                    Move(code, registers, row, frame.Column, chunk);
                    Execute(program, length, &frame);
                }
            }
        }
    }

    public override void Finish()
    {
        for (var a = 0; a < _code->AccumulatorCount; a++) _code->Accumulators[a].Finish(_code->Accumulators + a, Chunks);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move(RegionCode* code, byte** registers, nint row, nint column, nint chunk)
    {
        var end = code->Cursors + code->CursorCount;
        for (var c = code->Cursors; c < end; c++) registers[c->Register] = c->Base + row * c->RowStep + column * c->ColumnStep + chunk * c->ChunkStep;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Execute(Instr* first, int count, Frame* frame)
    {
        for (var i = first; i < first + count; i++) i->Kernel(i, frame);
    }

    private static void Reset(Accumulator* a, int chunk)
    {
        var values = a->Values + chunk * a->ChunkStep;
        if (a->ValueSize == 8) new Span<ulong>(values, (int)(a->ChunkStep / 8)).Fill(a->Start);
        else new Span<uint>(values, (int)(a->ChunkStep / 4)).Fill((uint)a->Start);
    }
}

/// <summary>How the chunks' partial results are combined, in the order of the chunks.</summary>
internal static unsafe class Finishers
{
    public static void SumSingle(Accumulator* a, int chunks)
    {
        for (nint i = 0; i < a->Count; i++) ((float*)a->Result)[i] = (float)Sum(a, i, chunks);
    }

    public static void SumDouble(Accumulator* a, int chunks)
    {
        for (nint i = 0; i < a->Count; i++) ((double*)a->Result)[i] = Sum(a, i, chunks);
    }

    public static void SumInteger(Accumulator* a, int chunks)
    {
        for (nint i = 0; i < a->Count; i++)
        {
            long sum = 0;
            for (nint c = 0; c < chunks; c++) sum += ((long*)(a->Values + c * a->ChunkStep))[i];
            ((long*)a->Result)[i] = sum;
        }
    }

    public static void Max<T>(Accumulator* a, int chunks) where T : unmanaged, System.Numerics.INumber<T>
    {
        for (nint i = 0; i < a->Count; i++)
        {
            var max = ((T*)a->Values)[i];
            for (nint c = 1; c < chunks; c++) max = T.Max(max, ((T*)(a->Values + c * a->ChunkStep))[i]);
            ((T*)a->Result)[i] = max;
        }
    }

    private static double Sum(Accumulator* a, nint i, int chunks)
    {
        var sum = ((double*)a->Values)[i];
        for (nint c = 1; c < chunks; c++) sum += ((double*)(a->Values + c * a->ChunkStep))[i];
        return sum;
    }
}

using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>A value of a region's program: a tile in scratch memory, or a pointer into a buffer.</summary>
internal sealed class Value
{
    public required int ElementSize { get; init; }

    /// <summary>Whether one element serves the whole tile.</summary>
    public bool IsScalar { get; init; }

    /// <summary>For a pointer: where it starts and how it moves with row, column and chunk, in bytes.</summary>
    public Cursor? Pointer { get; init; }

    /// <summary>For a tile of a stored definition: where its elements go.</summary>
    public Cursor? Store { get; init; }

    /// <summary>The definition whose memory a pointer reads, or a stored tile writes.</summary>
    public Def? Memory { get; init; }

    /// <summary>Whether the setup, and not the program, computes it; then it lives throughout.</summary>
    public bool IsSetup { get; init; }

    /// <summary>The last instruction that reads it.</summary>
    public int LastUse { get; set; } = -1;

    /// <summary>The register, once assigned.</summary>
    public int Register { get; set; } = -1;

    /// <summary>The scratch slot, or -1.</summary>
    public int Slot { get; set; } = -1;
}

/// <summary>An instruction before registers are assigned.</summary>
internal sealed unsafe class Operation(delegate*<Instr*, Frame*, void> kernel, Value? result, Value?[] operands, nint p, nint q)
{
    public delegate*<Instr*, Frame*, void> Kernel { get; } = kernel;

    public Value? Result { get; } = result;

    /// <summary>Up to three.</summary>
    public Value?[] Operands { get; } = operands;

    public nint P { get; } = p;

    public nint Q { get; } = q;
}

/// <summary>Estimated costs, for deciding what to split among workers.</summary>
internal static class Cost
{
    /// <summary>Nanoseconds an element.</summary>
    public static double PerElement(Def def)
    {
        var single = def.Op switch
        {
            OpCode.Exp or OpCode.Expm1 or OpCode.Tanh or OpCode.Sigmoid or OpCode.Log or OpCode.Log1p or OpCode.Erf => 0.25,
            OpCode.Softplus or OpCode.Sin or OpCode.Cos or OpCode.RandomNormal => 0.6,
            OpCode.RandomUniform => 0.35,
            OpCode.RandomSign => 0.1,
            OpCode.Pow or OpCode.Lgamma or OpCode.ErfInv => 20,
            OpCode.Polygamma or OpCode.RandomGamma or OpCode.RandomPoisson => 80,
            OpCode.GammaPathwise => 500,
            OpCode.Convert => 0.4,
            _ => 0.04,
        };
        return def.Type == DType.F64 ? 2 * single : def.Type == DType.I64 ? 0.5 : single;
    }

    /// <summary>The number of chunks for work of so many nanoseconds and at most so many pieces: each worth handing to another core.</summary>
    public static int Chunks(double nanoseconds, long pieces)
    {
        const double worth = 20_000;
        return nanoseconds < 2 * worth ? 1 : (int)Math.Min(Math.Min(pieces, 64), (long)(nanoseconds / worth));
    }
}

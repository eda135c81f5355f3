using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

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
            OpCode.Pow or OpCode.Lgamma or OpCode.ErfInv or OpCode.Erfcx or OpCode.Atan => 20,
            OpCode.Polygamma or OpCode.RandomGamma or OpCode.RandomPoisson or OpCode.RandomBinomial => 80,
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

namespace ProbNet.Graph;

/// <summary>The arithmetic of definitions, for people who read plans.</summary>
internal static class Work
{
    /// <summary>Floating-point operations an element: about what the polynomials behind a function take, in round numbers that a reader can remember.</summary>
    public static double Operations(Def def) => def.Op switch
    {
        OpCode.Exp or OpCode.Expm1 or OpCode.Tanh or OpCode.Sigmoid or OpCode.Log or OpCode.Log1p or OpCode.Erf or OpCode.Softplus or OpCode.Sin or OpCode.Cos => 10,
        OpCode.Pow or OpCode.Lgamma or OpCode.ErfInv or OpCode.Erfcx or OpCode.Atan or OpCode.Polygamma or OpCode.GammaPathwise => 40,
        OpCode.RandomNormal or OpCode.RandomUniform or OpCode.RandomSign or OpCode.RandomGamma or OpCode.RandomPoisson or OpCode.RandomBinomial => 20,
        _ => 1,
    };
}

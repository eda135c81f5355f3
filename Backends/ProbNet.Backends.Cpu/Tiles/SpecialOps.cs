using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

// Special functions, one element at a time in double precision.

internal readonly struct LgammaElement : IElementUnary<float, float>, IElementUnary<double, double>
{
    public static float Apply(float x, nint parameter) => (float)SpecialFunctions.Lgamma(x);

    public static double Apply(double x, nint parameter) => SpecialFunctions.Lgamma(x);
}

/// <summary>The parameter is the order.</summary>
internal readonly struct PolygammaElement : IElementUnary<float, float>, IElementUnary<double, double>
{
    public static float Apply(float x, nint parameter) => (float)SpecialFunctions.Polygamma((int)parameter, x);

    public static double Apply(double x, nint parameter) => SpecialFunctions.Polygamma((int)parameter, x);
}

internal readonly struct AtanElement : IElementUnary<float, float>, IElementUnary<double, double>
{
    public static float Apply(float x, nint parameter) => (float)Math.Atan(x);

    public static double Apply(double x, nint parameter) => Math.Atan(x);
}

internal readonly struct ErfcxElement : IElementUnary<float, float>, IElementUnary<double, double>
{
    public static float Apply(float x, nint parameter) => (float)SpecialFunctions.Erfcx(x);

    public static double Apply(double x, nint parameter) => SpecialFunctions.Erfcx(x);
}

internal readonly struct ErfInvElement : IElementUnary<float, float>, IElementUnary<double, double>
{
    public static float Apply(float x, nint parameter) => (float)SpecialFunctions.ErfInv(x);

    public static double Apply(double x, nint parameter) => SpecialFunctions.ErfInv(x);
}

internal readonly struct PowElement : IElementBinary<float, float>, IElementBinary<double, double>
{
    public static float Apply(float x, float y) => (float)Math.Pow(x, y);

    public static double Apply(double x, double y) => Math.Pow(x, y);
}

/// <summary>Operands: shape, sample.</summary>
internal readonly struct GammaPathwiseElement : IElementBinary<float, float>, IElementBinary<double, double>
{
    public static float Apply(float x, float y) => (float)SpecialFunctions.GammaPathwise(x, y);

    public static double Apply(double x, double y) => SpecialFunctions.GammaPathwise(x, y);
}

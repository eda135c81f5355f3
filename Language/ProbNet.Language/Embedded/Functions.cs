using System.Runtime.CompilerServices;

namespace ProbNet.Language.Embedded;

/// <summary>The functions of the library and its distributions, as C# methods; see <c>spec/language.md</c> for what they do.</summary>
public static partial class Functions
{
    /// <summary>e^x. Elementwise.</summary>
    public static Tensor Exp(Tensor x) => Tensor.Of("exp", x);

    /// <summary>e^x - 1, accurate near 0. Elementwise.</summary>
    public static Tensor Expm1(Tensor x) => Tensor.Of("expm1", x);

    /// <summary>The natural logarithm. Elementwise.</summary>
    public static Tensor Log(Tensor x) => Tensor.Of("log", x);

    /// <summary>log(1 + x), accurate near 0. Elementwise.</summary>
    public static Tensor Log1p(Tensor x) => Tensor.Of("log1p", x);

    /// <summary>The square root. Elementwise.</summary>
    public static Tensor Sqrt(Tensor x) => Tensor.Of("sqrt", x);

    /// <summary>x * x. Elementwise.</summary>
    public static Tensor Square(Tensor x) => Tensor.Of("square", x);

    /// <summary>The absolute value. Elementwise.</summary>
    public static Tensor Abs(Tensor x) => Tensor.Of("abs", x);

    /// <summary>-1, 0 or 1. Elementwise.</summary>
    public static Tensor Sign(Tensor x) => Tensor.Of("sign", x);

    /// <summary>The largest integer not above x. Elementwise.</summary>
    public static Tensor Floor(Tensor x) => Tensor.Of("floor", x);

    /// <summary>Sine. Elementwise.</summary>
    public static Tensor Sin(Tensor x) => Tensor.Of("sin", x);

    /// <summary>Cosine. Elementwise.</summary>
    public static Tensor Cos(Tensor x) => Tensor.Of("cos", x);

    /// <summary>Hyperbolic tangent. Elementwise.</summary>
    public static Tensor Tanh(Tensor x) => Tensor.Of("tanh", x);

    /// <summary>1 / (1 + e^-x). Elementwise.</summary>
    public static Tensor Sigmoid(Tensor x) => Tensor.Of("sigmoid", x);

    /// <summary>log(1 + e^x). Elementwise.</summary>
    public static Tensor Softplus(Tensor x) => Tensor.Of("softplus", x);

    /// <summary>The error function. Elementwise.</summary>
    public static Tensor Erf(Tensor x) => Tensor.Of("erf", x);

    /// <summary>The logarithm of the gamma function. Elementwise.</summary>
    public static Tensor Lgamma(Tensor x) => Tensor.Of("lgamma", x);

    /// <summary>The derivative of <see cref="Lgamma"/>. Elementwise.</summary>
    public static Tensor Digamma(Tensor x) => Tensor.Of("digamma", x);

    /// <summary>max(x, 0). Elementwise.</summary>
    public static Tensor Relu(Tensor x) => Tensor.Of("relu", x);

    /// <summary>x * sigmoid(x). Elementwise.</summary>
    public static Tensor Silu(Tensor x) => Tensor.Of("silu", x);

    /// <summary>x * Phi(x), with Phi the standard normal distribution function. Elementwise.</summary>
    public static Tensor Gelu(Tensor x) => Tensor.Of("gelu", x);

    /// <summary>x where positive, e^x - 1 below zero. Elementwise.</summary>
    public static Tensor Elu(Tensor x) => Tensor.Of("elu", x);

    /// <summary>x where positive, <paramref name="slope"/> times x below zero.</summary>
    public static Func<Tensor, Tensor> LeakyRelu(Tensor slope) => x => Tensor.Of("leakyRelu", slope, x);

    /// <summary>The larger of two, elementwise.</summary>
    public static Tensor Maximum(Tensor x, Tensor y) => Tensor.Of("maximum", x, y);

    /// <summary>The smaller of two, elementwise.</summary>
    public static Tensor Minimum(Tensor x, Tensor y) => Tensor.Of("minimum", x, y);

    /// <summary>x to the power y, elementwise; <c>x ** y</c> in the text form.</summary>
    public static Tensor Power(Tensor x, Tensor y) => Tensor.Two(Syntax.BinaryOperator.Power, x, y);

    /// <summary>Whether equal, elementwise; <c>x = y</c> in the text form.</summary>
    public static Tensor EqualTo(Tensor x, Tensor y) => Tensor.Two(Syntax.BinaryOperator.Equal, x, y);

    /// <summary>Whether different, elementwise; <c>x &lt;&gt; y</c> in the text form.</summary>
    public static Tensor NotEqualTo(Tensor x, Tensor y) => Tensor.Two(Syntax.BinaryOperator.NotEqual, x, y);

    /// <summary>Whether both hold, elementwise; <c>x &amp;&amp; y</c> in the text form.</summary>
    public static Tensor And(Tensor x, Tensor y) => Tensor.Two(Syntax.BinaryOperator.And, x, y);

    /// <summary>Whether one or both hold, elementwise; <c>x || y</c> in the text form.</summary>
    public static Tensor Or(Tensor x, Tensor y) => Tensor.Two(Syntax.BinaryOperator.Or, x, y);

    /// <summary>Whether a condition does not hold, elementwise.</summary>
    public static Tensor Not(Tensor x) => Tensor.Make([x], s => s.Evaluate(o => new Syntax.Unary(Syntax.UnaryOperator.Not, o[0]), x.In(s)));

    /// <summary>One of two values for each element of a condition, <c>if … then … else</c> in the text form.</summary>
    public static Tensor Where(Tensor condition, Tensor then, Tensor otherwise) =>
        Tensor.Make([condition, then, otherwise], s => s.Evaluate(x => new Syntax.If(x[0], x[1], x[2]), condition.In(s), then.In(s), otherwise.In(s)));
}

namespace ProbNet.Graph;

/// <summary>The closed set of tensor primitives. Each has one row in <see cref="OpTable"/> that holds all its rules.</summary>
public enum OpCode
{
    // Leaves
    /// <summary>A named value supplied when the graph runs. Attribute: <see cref="Attributes.Named"/>.</summary>
    Input,
    /// <summary>A literal. Attribute: <see cref="Attributes.Literal"/>.</summary>
    Constant,
    /// <summary>0, 1, 2, … along one axis of the shape. Attribute: <see cref="Attributes.IotaSpec"/>. Integer.</summary>
    Iota,

    // Elementwise, one operand
    /// <summary>-x.</summary>
    Neg,
    /// <summary>|x|.</summary>
    Abs,
    /// <summary>-1, 0 or 1.</summary>
    Sign,
    /// <summary>The largest integer not above x.</summary>
    Floor,
    /// <summary>e^x.</summary>
    Exp,
    /// <summary>e^x - 1, accurate near 0.</summary>
    Expm1,
    /// <summary>Natural logarithm.</summary>
    Log,
    /// <summary>log(1 + x), accurate near 0.</summary>
    Log1p,
    /// <summary>Square root.</summary>
    Sqrt,
    /// <summary>Hyperbolic tangent.</summary>
    Tanh,
    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,
    /// <summary>log(1 + e^x) without overflow.</summary>
    Softplus,
    /// <summary>Sine.</summary>
    Sin,
    /// <summary>Cosine.</summary>
    Cos,
    /// <summary>Inverse tangent, in (-pi/2, pi/2).</summary>
    Atan,
    /// <summary>Error function.</summary>
    Erf,
    /// <summary>The scaled complementary error function e^(x^2) (1 - erf(x)).</summary>
    Erfcx,
    /// <summary>Inverse error function on (-1, 1).</summary>
    ErfInv,
    /// <summary>log |Gamma(x)|.</summary>
    Lgamma,
    /// <summary>The polygamma function of order <see cref="Attributes.Order"/>; order 0 is digamma.</summary>
    Polygamma,
    /// <summary>Whether x is neither infinite nor NaN (result Bool).</summary>
    IsFinite,
    /// <summary>Logical negation of a Bool.</summary>
    Not,
    /// <summary>Change of element type. Attribute: <see cref="Attributes.ConvertTo"/>.</summary>
    Convert,
    /// <summary>The identity, whose gradient is zero.</summary>
    StopGradient,

    // Elementwise, two operands of equal shape and type
    /// <summary>x + y.</summary>
    Add,
    /// <summary>x - y.</summary>
    Sub,
    /// <summary>x * y.</summary>
    Mul,
    /// <summary>x / y.</summary>
    Div,
    /// <summary>x^y.</summary>
    Pow,
    /// <summary>The larger; NaN if either is NaN.</summary>
    Max,
    /// <summary>The smaller; NaN if either is NaN.</summary>
    Min,
    /// <summary>x = y (result Bool).</summary>
    Equal,
    /// <summary>x &lt; y (result Bool).</summary>
    Less,
    /// <summary>x ≤ y (result Bool).</summary>
    LessEqual,
    /// <summary>Both (Bool).</summary>
    And,
    /// <summary>Either (Bool).</summary>
    Or,
    /// <summary>select(condition, x, y): x where the condition holds, else y. A value not selected passes no gradient, not even NaN.</summary>
    Select,

    // Movement
    /// <summary>Repeats size-1 or missing leading axes to reach <see cref="Attributes.ToShape"/> (right-aligned).</summary>
    Broadcast,
    /// <summary>The same elements in row-major order under <see cref="Attributes.ToShape"/>.</summary>
    Reshape,
    /// <summary>Axis permutation: output axis i is input axis <see cref="Attributes.Axes"/>[i].</summary>
    Transpose,
    /// <summary>A contiguous box: <see cref="Attributes.Box"/> start (inclusive) and stop (exclusive) for each axis.</summary>
    Slice,
    /// <summary>Zeros around the operand: <see cref="Attributes.Padding"/> low and high for each axis.</summary>
    Pad,
    /// <summary>Operands joined along <see cref="Attributes.Axis"/>.</summary>
    Concat,

    // Indexing, along axis 0
    /// <summary>gather(x, i)[j…] = x[i[j…], …]: result shape is i's shape followed by x's shape without its first axis.</summary>
    Gather,
    /// <summary>scatterAdd(i, u): zeros of <see cref="Attributes.ToShape"/> with u[j…] added at row i[j…]; the transpose of gather.</summary>
    ScatterAdd,

    // Reductions over Attributes.Axes, which are removed
    /// <summary>Sum.</summary>
    ReduceSum,
    /// <summary>Maximum.</summary>
    ReduceMax,
    /// <summary>Index of the first maximum along the last axis (I64).</summary>
    ArgMax,

    // Linear algebra; leading axes are a batch and must be equal
    /// <summary>[…, m, k] x [….., k, n] → […, m, n].</summary>
    MatMul,
    /// <summary>The lower-triangular L with L L^T equal to the symmetric positive-definite operand; reads the lower triangle.</summary>
    Cholesky,
    /// <summary>Solves L x = b, or L^T x = b when <see cref="Attributes.Triangle"/> says transposed, for lower-triangular L […, m, m], b […, m, n].</summary>
    TriangularSolve,

    // Windows of images [..., height, width, channels]. Attribute: Attributes.Window
    /// <summary>The windows of an image as vectors: [..., h, w, c] → [..., rows, columns, positions * c], zeros for padding.</summary>
    Unfold,
    /// <summary>The transpose of unfold: the elements of windows added to the elements of the image they came from.</summary>
    Fold,
    /// <summary>pick(x, v): for each window and channel v where x has its first maximum: [..., h, w, c] twice → [..., rows, columns, c].</summary>
    WindowPick,
    /// <summary>route(x, u): the transpose of pick in v: each window's number added where x has its first maximum.</summary>
    WindowRoute,

    // Counter-based random numbers. Operands: seed I64 [], step I64 [], draw I64 [d…]. Attribute: Attributes.RandomSpec.
    // The result has shape [d…] followed by the event shape; element e of the event depends only on (seed, stream, step, draw, e).
    /// <summary>Uniform on the open interval (0, 1).</summary>
    RandomUniform,
    /// <summary>Standard normal.</summary>
    RandomNormal,
    /// <summary>-1 or 1 with equal probability.</summary>
    RandomSign,
    /// <summary>Gamma(shape, rate 1); a fourth operand holds the shape parameter, of the result's shape. Pathwise by <see cref="GammaPathwise"/>.</summary>
    RandomGamma,
    /// <summary>Poisson; a fourth operand holds the rate, of the result's shape. Not differentiable.</summary>
    RandomPoisson,
    /// <summary>Binomial; a fourth and fifth operand hold the number of trials and the probability, of the result's shape. Not differentiable.</summary>
    RandomBinomial,
    /// <summary>d(sample)/d(shape) of a Gamma(shape, 1) sample by implicit differentiation of its distribution function. Operands: shape, sample.</summary>
    GammaPathwise,

    // Control
    /// <summary>
    /// A loop over a body graph. Operands: the carries' first values, sequences with a leading axis of steps, constants. Attribute:
    /// <see cref="Attributes.Loop"/>. The result is one-dimensional: the final carries, then the stacked outputs of the steps; <see cref="Loops"/> takes it apart.
    /// </summary>
    Scan,
}

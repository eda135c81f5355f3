using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// A matrix product whose result is windows that are added back onto an image: the gradient of a strided convolution's image. A few rows of windows are multiplied at a
/// time, in scratch memory that stays in the cache, and added before the next.
/// </summary>
internal sealed unsafe class FoldedProductKernel<V, T> : Kernel where V : struct, IVec<V, T> where T : unmanaged
{
    // Bytes of windows at a time.
    private const int BlockBytes = 1 << 18;

    private readonly T* _a, _b;
    private readonly FoldKernel<V, T> _fold;
    private readonly GemmShape _shape;
    private readonly int[] _matricesA, _matricesB;
    private readonly int _images, _imagesEach, _rows, _block, _columns, _atOnce;
    private readonly View _matrix;
    private readonly nint _turned, _windows, _workspace;
    private readonly byte*[] _scratch;
    private readonly string _text;

    private FoldedProductKernel(Def def, PlanContext context, FoldKernel<V, T> fold, byte*[] scratch)
    {
        View a = def.Operands[0], b = def.Operands[1];
        var window = (Attributes.Window)def.Node!.Attributes;
        (_rows, _columns) = (window.Rows.Count, window.Columns.Count);
        _a = (T*)context.Address(a);
        _b = (T*)context.Address(b);
        (_matrix, _fold, _scratch) = (b, fold, scratch);
        int k = a.Dims[^1], n = b.Dims[^1];
        _imagesEach = a.Dims[^2] / (_rows * _columns);
        (_matricesA, _matricesB) = (ConvolutionKernel<V, T>.Starts(a.Dims[..^2], a.Strides[..^2]), ConvolutionKernel<V, T>.Starts(b.Dims[..^2], b.Strides[..^2]));
        _images = _matricesA.Length * _imagesEach;
        _block = Math.Clamp(BlockBytes / (_columns * n * sizeof(T)), 1, _rows);
        // Small images are multiplied several at a time.
        _atOnce = _block < _rows ? 1 : Math.Clamp(BlockBytes / (_rows * _columns * n * sizeof(T)), 1, _imagesEach);
        _shape = new(_atOnce * _block * _columns, n, k, a.Dims[^2] == 1 ? 0 : a.Strides[^2], k == 1 ? 1 : a.Strides[^1], n, 1, n);
        // The matrix is turned once for many images, so that the product need not.
        _turned = Rounded((nint)k * n * sizeof(T));
        _windows = Rounded((nint)_atOnce * _block * _columns * n * sizeof(T));
        _workspace = Gemm<V, T>.WorkspaceBytes(_shape);
        _text = $"product and fold {_images} x [{_rows * _columns}, {k}] x [{k}, {n}], {window.Rows.Size} x {window.Columns.Size} -> {def}";
    }

    public static Kernel Compile(Def def, PlanContext context, FoldKernel<V, T> fold)
    {
        var scratch = new byte*[context.Workers];
        var operations = 2.0 * def.Operands[0].Size * def.Operands[1].Dims[^1];
        var kernel = new FoldedProductKernel<V, T>(def, context, fold, scratch)
        {
            Chunks = context.Workers == 1 || operations < 4e6 ? 1 : Math.Min(def.Node!.Shape[..^3].Size, 4 * context.Workers),
            Traffic = (long)(def.Operands[0].Def.Bytes + def.Operands[1].Def.Bytes + def.Bytes),
            Operations = operations,
        };
        context.NeedScratch(kernel._turned + kernel._windows + Rounded(kernel._workspace));
        context.OnceAllocated(() =>
        {
            for (var w = 0; w < scratch.Length; w++) scratch[w] = context.Scratch(w);
        });
        return kernel;
    }

    public override string Describe() => _text;

    public override void Run(int chunk, int worker)
    {
        T* turned = (T*)_scratch[worker], windows = (T*)(_scratch[worker] + _turned), workspace = (T*)(_scratch[worker] + _turned + _windows);
        int from = (int)((long)_images * chunk / Chunks), to = (int)((long)_images * (chunk + 1) / Chunks), held = -1;
        for (int image = from, count = 0; image < to; image += count)
        {
            var matrix = image / _imagesEach;
            if (_matricesB[matrix] != held)
            {
                held = _matricesB[matrix];
                Transposition.Copy(_b + held, _matrix.Strides[^2], _matrix.Strides[^1], turned, _shape.N, _shape.K, _shape.N);
            }
            count = Math.Min(_atOnce, Math.Min(to - image, _imagesEach - image % _imagesEach));
            var a = _a + _matricesA[matrix] + (nint)(image % _imagesEach) * _rows * _columns * _shape.RowA;
            for (var i = 0; i < count; i++) _fold.Clear(image + i);
            for (var row = 0; row < _rows; row += _block)
            {
                var rows = Math.Min(_block, _rows - row);
                Gemm<V, T>.Run(_shape.Part(count * rows * _columns, _shape.N), a + (nint)row * _columns * _shape.RowA, turned, windows, workspace);
                for (var i = 0; i < count; i++) _fold.Add(image + i, row, row + rows, windows + (nint)i * rows * _columns * _shape.N);
            }
        }
    }

    private static nint Rounded(nint bytes) => (bytes + 191) / 64 * 64;
}

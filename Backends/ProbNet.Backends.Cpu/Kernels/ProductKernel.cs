using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>A matrix product, or a batch of them.</summary>
internal sealed unsafe class ProductKernel : Kernel
{
    private readonly delegate*<in GemmShape, byte*, byte*, byte*, byte*, void> _multiply;
    private readonly byte* _a, _b, _c;
    private readonly GemmShape _shape;
    private readonly int _size;

    // For each matrix of the batch, where its operands start; empty for one.
    private readonly nint* _offsetsA, _offsetsB;
    private readonly int _batch;

    // Into how many bands of rows (or of columns) one matrix is cut.
    private readonly int _bands;
    private readonly bool _byRows;
    private readonly byte*[] _workspaces;
    private readonly string _text;

    private ProductKernel(Def def, PlanContext context, GemmShape shape, List<(int Size, int A, int B)> batch, int bands, byte*[] workspaces)
    {
        _multiply = context.Table.Multiply(def.Type);
        _a = context.Address(def.Operands[0]);
        _b = context.Address(def.Operands[1]);
        _c = context.Address(def);
        (_shape, _size, _bands) = (shape, def.Type.Size(), bands);
        _byRows = shape.M >= shape.N;
        _workspaces = workspaces;
        _batch = batch.Aggregate(1, (n, axis) => n * axis.Size);
        _offsetsA = context.Code.Take<nint>(_batch);
        _offsetsB = context.Code.Take<nint>(_batch);
        for (var i = 0; i < _batch; i++)
        {
            var rest = i;
            for (var axis = batch.Count - 1; axis >= 0; axis--)
            {
                var (size, stepA, stepB) = batch[axis];
                _offsetsA[i] += (nint)(rest % size) * stepA * _size;
                _offsetsB[i] += (nint)(rest % size) * stepB * _size;
                rest /= size;
            }
        }
        var form = $"{(shape.StepA == 1 || shape.K == 1 ? "" : "t")}{(shape.ColumnB == 1 || shape.N == 1 ? "" : "'")}";
        _text = $"product{(form == "" ? "" : " " + form)} {(_batch > 1 ? $"{_batch} x " : "")}[{shape.M}, {shape.K}] x [{shape.K}, {shape.N}] -> {def}";
    }

    /// <summary>The kernel of a product. Batch axes are joined, and rows of the left operand with them where the right one is shared.</summary>
    public static Kernel Compile(Def def, PlanContext context)
    {
        View a = def.Operands[0], b = def.Operands[1];
        int m = a.Dims[^2], k = a.Dims[^1], n = b.Dims[^1];
        var shape = new GemmShape(m, n, k, a.Strides[^2], a.Strides[^1], b.Strides[^2], b.Strides[^1], n);
        if (m == 1) shape = shape with { RowA = 0 };
        if (k == 1) shape = shape with { StepA = 1, StepB = n };
        if (n == 1) shape = shape with { ColumnB = 1 };
        var batch = new List<(int Size, int A, int B)>();
        for (var axis = a.Rank - 3; axis >= 0; axis--)
        {
            if (a.Dims[axis] == 1) continue;
            var (size, stepA, stepB) = (a.Dims[axis], a.Strides[axis], b.Strides[axis]);
            if (batch.Count > 0 && stepA == batch[0].A * batch[0].Size && stepB == batch[0].B * batch[0].Size) batch[0] = batch[0] with { Size = batch[0].Size * size };
            else batch.Insert(0, (size, stepA, stepB));
        }
        if (batch.Count > 0 && batch[^1].B == 0 && (shape.M == 1 || batch[^1].A == shape.M * shape.RowA))
        {
            shape = shape with { RowA = shape.M == 1 ? batch[^1].A : shape.RowA, M = shape.M * batch[^1].Size };
            batch.RemoveAt(batch.Count - 1);
        }

        var count = batch.Aggregate(1, (total, axis) => total * axis.Size);
        var operations = 2.0 * shape.M * shape.N * shape.K * count;
        var workers = context.Workers == 1 || operations < 4e6 ? 1 : context.Workers;
        // However a product is cut, each element is the same chain of additions: the cut may depend on the number of workers.
        var bands = workers == 1 || count >= 2 * workers ? 1 : Math.Clamp(Math.Max(shape.M, shape.N) / 96, 1, 2 * workers);
        var bytes = context.Table.MultiplyWorkspace(def.Type, shape);
        context.NeedScratch(bytes + 64);
        var workspaces = new byte*[context.Workers];
        context.OnceAllocated(() =>
        {
            for (var w = 0; w < workspaces.Length; w++) workspaces[w] = context.Scratch(w);
        });
        return new ProductKernel(def, context, shape, batch, bands, workspaces)
        {
            Chunks = workers == 1 ? 1 : bands > 1 ? bands * count : Math.Min(count, 4 * workers),
            Traffic = (long)(a.Def.Bytes + b.Def.Bytes + def.Bytes),
            Operations = operations,
        };
    }

    public override string Describe() => _text;

    public override void Run(int chunk, int worker)
    {
        if (_bands > 1 && Chunks > 1)
        {
            var (matrix, band) = (chunk / _bands, chunk % _bands);
            if (_byRows)
            {
                int first = Cut(_shape.M, 6, band), last = Cut(_shape.M, 6, band + 1);
                Multiply(matrix, _shape.Part(last - first, _shape.N), first * _shape.RowA, 0, first * _shape.RowC, worker);
            }
            else
            {
                int first = Cut(_shape.N, 64, band), last = Cut(_shape.N, 64, band + 1);
                Multiply(matrix, _shape.Part(_shape.M, last - first), 0, first * _shape.ColumnB, first, worker);
            }
            return;
        }
        int from = (int)((long)_batch * chunk / Chunks), to = (int)((long)_batch * (chunk + 1) / Chunks);
        for (var matrix = from; matrix < to; matrix++) Multiply(matrix, _shape, 0, 0, 0, worker);
    }

    // The start of a band, at a multiple of a register tile.
    private int Cut(int size, int multiple, int band) => band == _bands ? size : (int)((long)size * band / _bands) / multiple * multiple;

    private void Multiply(int matrix, in GemmShape shape, nint a, nint b, nint c, int worker) =>
        _multiply(shape, _a + _offsetsA[matrix] + a * _size, _b + _offsetsB[matrix] + b * _size, _c + ((nint)matrix * _shape.M * _shape.N + c) * _size, _workspaces[worker]);
}
